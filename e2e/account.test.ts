import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { PASSWORD, bearer, getMe, refusalOf, register, requestToken } from "../tests/accounts.ts";
import { textPdf } from "../tests/fixtures/pdf.ts";
import { type Site, startSite } from "./browser.ts";
import { chooseFiles } from "./bring.ts";
import { fillLogIn, openAs } from "./log-in.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
const MONTHLY_PAGES = 40;
const ADMIN = "ada";
let site: Site;
let users = 0;

beforeAll(async () => {
  site = await startSite({ AUTH_ENABLED: "true", USER_MONTHLY_PAGES: String(MONTHLY_PAGES) });
  // The first account is an administrator's.
  await register(site, ADMIN);
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

async function newUser(): Promise<string> {
  const name = `user-${++users}`;
  await register(site, name);
  return name;
}

const accountButton = (page: Page, name: string) =>
  page.getByRole("button", { name: `Account: ${name}` });

async function untilLoggedOut(page: Page): Promise<void> {
  await page.waitForURL(/\/login/);
  await page.getByRole("heading", { name: "Log in" }).waitFor();
}

test(
  "people register, log out by their name, and log in to where they wanted to be",
  async () => {
    const { page } = await site.open({}, "/login");
    await page.getByRole("link", { name: "Make an account" }).click();
    await page.getByLabel("Name").fill("grace");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill("something else");
    await page.getByText("The passwords differ.").waitFor();
    await page.getByLabel("Password again").fill(PASSWORD);
    await page.getByRole("button", { name: "Make an account" }).click();
    await accountButton(page, "grace").click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await untilLoggedOut(page);
    await page.goto(`${site.url}/settings`);
    await untilLoggedOut(page);
    await fillLogIn(page, "grace");
    await page.waitForURL(`${site.url}/settings`);
    await accountButton(page, "grace").waitFor();
  },
  TEST_MS,
);

test(
  "a wrong password is said to be wrong, in the reader's language",
  async () => {
    const name = await newUser();
    const { page } = await site.open({}, "/login");
    await fillLogIn(page, name, "wrong password");
    const field = page.getByLabel("Password");
    await page.locator("[aria-invalid=true]").waitFor();
    const note = await field.getAttribute("aria-describedby");
    expect(await page.locator(`id=${note}`).innerText()).toMatch(/password/i);
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByText("用户名或密码不正确。").waitFor();
  },
  TEST_MS,
);

test(
  "a link that leads to another site leads home",
  async () => {
    const name = await newUser();
    const { page } = await site.open({}, "/login?from=//example.org/");
    await fillLogIn(page, name);
    await accountButton(page, name).waitFor();
    expect(page.url()).toBe(`${site.url}/`);
  },
  TEST_MS,
);

test(
  "an API key made on the page lets programs in until it is revoked",
  async () => {
    const name = await newUser();
    const { page, problems } = await openAs(site, name, "/settings");
    await page.getByLabel("What it is for").fill("robot");
    await page.getByRole("button", { name: "Make a key" }).click();
    const dialog = page.getByRole("dialog", { name: "Your new key" });
    const key = await dialog.locator("code").first().innerText();
    expect(await dialog.locator("code").last().innerText()).toContain(`Bearer ${key}`);
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await (await getMe(site, bearer(key))).json()).toMatchObject({ username: name });
    expect(await page.content()).not.toContain(key);
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    expect((await getMe(site, bearer(key))).status).toBe(401);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a session that is ended elsewhere leads to the log-in",
  async () => {
    const name = await newUser();
    const here = await openAs(site, name, "/settings");
    const there = await openAs(site, name, "/settings");
    await there.page.getByText("this browser").waitFor();
    await here.page.reload();
    await here.page.getByRole("button", { name: "End", exact: true }).click();
    await here.page.getByRole("button", { name: "End", exact: true }).waitFor({ state: "hidden" });
    await there.page.getByRole("link", { name: "Library" }).click();
    await untilLoggedOut(there.page);
    await accountButton(here.page, name).waitFor();
  },
  TEST_MS,
);

test(
  "a password is changed by who knows the old one",
  async () => {
    const name = await newUser();
    const { page } = await openAs(site, name, "/settings");
    await page.getByLabel("Current password").fill("wrong password");
    await page.getByLabel("New password").fill("battery staple");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("The password is changed").first().waitFor();
    expect(await refusalOf(await requestToken(site, name))).toBe("401 login_failed");
    expect((await requestToken(site, name, "battery staple")).status).toBe(200);
  },
  TEST_MS,
);

test(
  "an administrator disables somebody, who is out at once, and lets them in again",
  async () => {
    const name = await newUser();
    const { page: theirs } = await openAs(site, name, "/settings");
    const { page } = await openAs(site, ADMIN, "/people");
    const row = page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
    await row.getByRole("button", { name: `What to do with ${name}` }).click();
    await page.getByRole("menuitem", { name: "Disable" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
    await row.getByText("Disabled").waitFor();
    await theirs.getByRole("link", { name: "Library" }).click();
    await untilLoggedOut(theirs);
    expect((await requestToken(site, name)).status).toBe(401);
    await row.getByRole("button", { name: `What to do with ${name}` }).click();
    await page.getByRole("menuitem", { name: "Enable again" }).click();
    await row.getByText("Disabled").waitFor({ state: "detached" });
    expect((await requestToken(site, name)).status).toBe(200);
  },
  TEST_MS,
);

test(
  "an administrator adds somebody and resets passwords, each shown once",
  async () => {
    const { page, problems } = await openAs(site, ADMIN, "/people");
    const name = "Margaret Hamilton";
    await page.getByRole("button", { name: "Add somebody" }).click();
    // The field has the focus.
    await page.getByRole("dialog").getByLabel("Name").and(page.locator(":focus")).waitFor();
    await page.keyboard.type(name);
    await page.getByRole("button", { name: "Make the account" }).click();
    const shown = page.getByRole("dialog", { name: `Password of ${name}` });
    const first = await shown.locator("code").innerText();
    expect((await requestToken(site, name, first)).status).toBe(200);
    await shown.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: `What to do with ${name}` }).click();
    await page.getByRole("menuitem", { name: "Reset the password" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reset the password" }).click();
    const second = await shown.locator("code").innerText();
    expect(second).not.toBe(first);
    expect((await requestToken(site, name, first)).status).toBe(401);
    expect((await requestToken(site, name, second)).status).toBe(200);
    await shown.getByRole("button", { name: "Done" }).click();
    await shown.waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(second);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "others are told that people are not theirs to manage",
  async () => {
    const { page } = await openAs(site, await newUser(), "/people");
    await page.getByRole("heading", { name: "For administrators" }).waitFor();
    expect(await page.getByRole("link", { name: "People" }).count()).toBe(0);
  },
  TEST_MS,
);

test(
  "what was read shows in the usage, with what is left of the month",
  async () => {
    const { page, problems } = await openAs(site, await newUser(), "/usage");
    await page.getByRole("link", { name: "Read something" }).click();
    const bytes = textPdf([["HARBOUR"], ["ANCHOR"]], { fontSize: 36 });
    await chooseFiles(page, { name: "two.pdf", type: "application/pdf", bytes });
    await page.getByRole("button", { name: "Read 2 pages" }).click();
    await page.getByText("All pages are read.").waitFor({ state: "attached" });
    await page.goto(`${site.url}/usage`);
    await page.getByText(`2 of ${MONTHLY_PAGES} pages used`).waitFor();
    await page.getByText("38 left").waitFor();
    const row = page.getByRole("row").filter({ hasText: "PDF" });
    await row.getByText("Built-in engine").waitFor();
    expect(await row.getByRole("cell").nth(3).innerText()).toBe("2");
    const chart = page.getByRole("slider", { name: "Pages by day" });
    await chart.focus();
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/Read 2, Failed 0$/);
    await chart.press("ArrowLeft");
    expect(await chart.getAttribute("aria-valuetext")).toMatch(/Read 0, Failed 0$/);
    await page.getByRole("tab", { name: "1 year" }).click();
    await page.getByRole("slider", { name: "Pages by week" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as CSV" }).click();
    const table = await Bun.file(await (await download).path()).text();
    expect(table.split("\r\n")).toHaveLength(3);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "in Chinese, in the dark and on a phone everything fits",
  async () => {
    const options = {
      locale: "zh-CN",
      colorScheme: "dark",
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    } as const;
    const long = "非常长的中文用户名".repeat(7);
    await register(site, long);
    const { page, problems } = await openAs(site, ADMIN, "/people", options);
    for (const [path, title] of [
      ["/people", "用户"],
      ["/usage", "用量"],
      ["/settings", "设置"],
      ["/library", "文库"],
    ] as const) {
      await page.goto(site.url + path);
      await page.getByRole("heading", { name: title, exact: true }).waitFor();
      if (path === "/people") await page.getByText(long).first().waitFor();
      const size = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([path, size]).toEqual([path, 390]);
    }
    await page.goto(site.url);
    await page.getByRole("button", { name: "内置引擎：就绪" }).click();
    const engine = page.getByRole("dialog", { name: "内置引擎" });
    await engine.getByText("模型").waitFor();
    const box = await engine.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    // What the page asks for at its start: behind the log-out it would be refused.
    // No answer to the page before counts.
    await page.goto(`${site.url}/settings`, { waitUntil: "commit" });
    await page.waitForResponse((response) => response.url().includes("engines.health"));
    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByRole("heading", { name: "登录" }).waitFor();
    expect(problems).toEqual([]);
  },
  TEST_MS,
);
