/**
 * `bun run docs:screenshots`: the README's pictures, taken of the real server with its built-in
 * engine, after it has read the samples that the dashboard offers. Look at each before you keep it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { startSite } from "../e2e/browser.ts";
import { type TypedClient, followJob, typedClient } from "../tests/typed-client.ts";
import { root, say } from "./terminal.ts";

const account = { username: "Ada", password: "correct horse battery" };

const samples = ["notice-zh.png", "invoice.png", "two-columns.pdf"];

/** `$document`: of the sample that was read last. */
const screens = [
  { name: "read", path: "/" },
  { name: "reading", path: "/documents/$document" },
  { name: "library", path: "/library" },
  { name: "usage", path: "/usage" },
  { name: "settings", path: "/settings" },
  { name: "people", path: "/people" },
  { name: "login", path: "/login" },
] as const;

const looks = {
  "desktop-light": { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  "desktop-dark": { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  "phone-light": { viewport: { width: 390, height: 844 }, colorScheme: "light" },
  "phone-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
} as const satisfies Record<string, BrowserContextOptions>;

// The address that people will see, too.
await using site = await startSite({ PORT: "3000", AUTH_ENABLED: "true" });
const documentId = await readSamples(await newClient());
for (const [look, options] of Object.entries(looks)) {
  const { page } = await site.open({ ...options, deviceScaleFactor: 1 }, "/login");
  await take(page, `login-${look}`);
  await logIn(page);
  for (const { name, path } of screens) {
    if (name === "login") continue;
    await page.goto(site.url + path.replace("$document", documentId));
    await take(page, `${name}-${look}`);
  }
  await page.context().close();
}

/** Of a new account, the first and therefore the administrator's. */
async function newClient(): Promise<TypedClient> {
  await fetch(`${site.url}/api/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(account),
  });
  const body = new URLSearchParams(account);
  const answer = await fetch(`${site.url}/api/auth/token`, { method: "POST", body });
  const { access_token: token } = await answer.json();
  return typedClient(site.url, { authorization: `Bearer ${token}` });
}

/** @returns the id of the last one. */
async function readSamples(client: TypedClient): Promise<string> {
  let last = "";
  for (const name of samples) {
    const form = new FormData();
    const bytes = readFileSync(join(root, "src/client/public/samples", name));
    form.set("file", new Blob([new Uint8Array(bytes)]), name);
    last = (await client.documents.upload.mutate(form)).id;
    const { id } = await client.jobs.start.mutate({ documentId: last });
    await followJob(client, { id }).ended;
  }
  return last;
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill(account.username);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.url}/`);
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle").catch(() => {});
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(
      Array.from(document.images, async (image) => await image.decode().catch(() => {})),
    );
  });
  const png = await page.screenshot({ animations: "disabled" });
  const path = join(root, `docs/images/${name}.webp`);
  await Bun.write(path, await new Bun.Image(png).webp({ quality: 88 }).bytes());
  say(path);
}
