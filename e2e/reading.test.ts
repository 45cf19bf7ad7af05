import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServerProcess } from "../tests/server.ts";
import type { Page } from "playwright-core";
import { typedClient } from "../tests/typed-client.ts";
import { type Site, startSite } from "./browser.ts";
import { Scripts, begin, marked, textOf, textOnPaper, upload } from "./reading.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
const scripts = new Scripts();
let engineUrl: string;
let site: Site;

beforeAll(async () => {
  engineUrl = await scripts.start();
  site = await startSite({ LLM_BASE_URL: engineUrl, LLM_MODEL: "scripted" });
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await scripts[Symbol.asyncDispose]();
});

const LEDGER = "# The ledger\n\nBy noon **eleven** sails stood between the point and the island.";
const TWO_PAGES = [["one"], ["two"]];

test(
  "pages stream at once; a reload in between loses nothing; the end is told",
  async () => {
    scripts.set("slowly", {
      text: `${LEDGER}\n\n${"tick ".repeat(60)}end`,
      chunkChars: 5,
      paceMs: 60,
    });
    const id = await begin(site.url, TWO_PAGES, { prompt: "slowly", name: "ledger.pdf" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await textOf(page, 1).getByText("eleven").waitFor();
    await textOf(page, 2).getByText("eleven").waitFor();
    await page.getByRole("button", { name: "Page 2, being read" }).waitFor();
    expect(await page.title()).toMatch(/^0\s?% · ledger\.pdf/);
    await page.reload();
    await textOf(page, 1).getByText("tick").waitFor();
    await page.getByText("All pages are read.").waitFor({ state: "attached" });
    for (const number of [1, 2]) {
      const text = await textOf(page, number).innerText();
      expect(text.match(/tick/g)).toHaveLength(60);
      expect(text).toStartWith("The ledger");
      expect(text).toEndWith("end");
    }
    // The tab hears of it by itself, a little before or after the page.
    await page.waitForFunction(() => document.title.startsWith("ledger.pdf"));
    await page.waitForFunction(() => Number(localStorage["my-ocr.seconds-per-page"]) > 0);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a page's text is edited, kept, and brought back",
  async () => {
    scripts.set("edit", { text: LEDGER });
    const id = await begin(site.url, [["one"]], { prompt: "edit" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await textOf(page, 1).getByText("eleven").waitFor();
    await page.getByRole("button", { name: "Edit" }).waitFor();
    await page.keyboard.press("e");
    const field = page.getByRole("textbox", { name: "Text of page 1" });
    await field.fill("Twelve sails.");
    await page.keyboard.press("Escape");
    const question = page.getByRole("dialog", { name: "Leave without saving?" });
    await question.waitFor();
    // Escape where the focus still is: as of somebody who is faster than the question takes it.
    await page
      .getByLabel("Text of page 1")
      .dispatchEvent("keydown", { key: "Escape", bubbles: true });
    await question.waitFor({ state: "detached" });
    await field.press("Control+s");
    await textOf(page, 1).getByText("Twelve sails.").waitFor();
    await page.reload();
    await textOf(page, 1).getByText("Twelve sails.").waitFor();
    await page.getByRole("button", { name: "Page 1, edited" }).waitFor();
    await page.getByRole("button", { name: "Undo the edit" }).click();
    await textOf(page, 1).getByText("eleven").waitFor();
    await page.getByRole("button", { name: "Versions" }).click();
    const versions = page.getByRole("dialog", { name: "Versions of page 1" });
    await versions.getByText("Shown now").waitFor();
    expect(await versions.getByRole("listitem").count()).toBe(2);
    await versions.getByRole("button", { name: "Restore" }).click();
    await textOf(page, 1).getByText("Twelve sails.").waitFor();
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "an edit made in another tab is there when one comes back; a page read again there is followed",
  async () => {
    scripts.set("elsewhere", { text: LEDGER });
    const id = await begin(site.url, TWO_PAGES, { prompt: "elsewhere" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await textOf(page, 2).getByText("eleven").waitFor();
    await page.getByRole("button", { name: "Page 2, read" }).waitFor();
    const client = typedClient(site.url);
    const [job] = (await client.jobs.list.query({ documentId: id })).items;
    if (!job) throw new Error("there is no job");
    await client.jobs.editPage.mutate({ id: job.id, page: 2, text: "Twelve sails." });
    // As browsers say it when one comes back to a tab.
    const comeBack = async (): Promise<void> => {
      await page.evaluate(() =>
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true })),
      );
    };
    await comeBack();
    await textOf(page, 2).getByText("Twelve sails.").waitFor();
    await page.getByRole("button", { name: "Page 2, edited" }).waitFor();
    scripts.set("again", { text: "Thirteen sails." });
    await client.jobs.retryPage.mutate({ id: job.id, page: 1, prompt: "again" });
    await comeBack();
    await textOf(page, 1).getByText("Thirteen sails.").waitFor();
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

/** Waits until the page stands at the top of what scrolls. */
async function untilAtTop(page: Page, number: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const section = document.querySelector(`[data-page="${wanted}"]`);
    const pane = section?.closest('[role="group"]');
    if (!section || !pane) return false;
    return Math.abs(section.getBoundingClientRect().top - pane.getBoundingClientRect().top) < 2;
  }, number);
}

test(
  "many long texts are all there: on the screen, to be found, and on paper, in dark mode too",
  async () => {
    const LONG = Array.from({ length: 60 }, (_, n) => `Line ${n} **of** the ledger.`).join("\n\n");
    scripts.set("long", { text: `${LONG}\n\nThe last line.` });
    const pages = Array.from({ length: 12 }, (_, index) => [`page ${index + 1}`]);
    const id = await begin(site.url, pages, { prompt: "long" });
    const { page, problems } = await site.open({ colorScheme: "dark" }, `/documents/${id}`);
    await page.getByRole("button", { name: "Page 12, read" }).waitFor();
    await page.getByRole("button", { name: "Page 12, read" }).click();
    await textOf(page, 12).getByText("The last line.").waitFor();
    expect(await textOf(page, 12).locator("p").count()).toBe(61);
    // It stays where it was gone to, although those above it have turned out taller.
    await untilAtTop(page, 12);
    // Only those near the view are rendered.
    expect(await page.locator(".page-text").count()).toBeLessThan(12);
    await page.keyboard.press("Control+f");
    await page.getByRole("textbox", { name: "Find in this document" }).fill("line 59 of");
    await page.getByText("12 of 12").waitFor();
    await page.waitForFunction(() => CSS.highlights.get("found")?.size === 1);
    expect(await marked(page, "found")).toEqual(["Line 59 of"]);
    await page.keyboard.press("Escape");
    const paper = textOnPaper(await page.pdf());
    expect(paper.match(/Line 59 of the ledger\./g)).toHaveLength(12);
    expect(paper.match(/The last line\./g)).toHaveLength(12);
    expect(paper).not.toMatch(/Library|Markdown/);
    await page.emulateMedia({ media: "print" });
    const scheme = await page.evaluate(
      () => getComputedStyle(document.documentElement).colorScheme,
    );
    expect(scheme).toBe("light");
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a page that failed says why, and is read again",
  async () => {
    scripts.set(
      "fail once",
      { text: LEDGER, fault: { kind: "status", status: 400, message: "no" } },
      { text: LEDGER },
    );
    const id = await begin(site.url, [["one"]], { prompt: "fail once" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    const failure = page.getByRole("alert").filter({ hasText: "This page failed" });
    await failure.getByRole("button", { name: "Read again" }).click();
    const dialog = page.getByRole("dialog", { name: "Read page 1 again" });
    await dialog.getByLabel("Resolution").selectOption("Higher (2560 px)");
    await dialog.getByRole("button", { name: "Read", exact: true }).click();
    await textOf(page, 1).getByText("eleven").waitFor();
    await failure.waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "the word under the pointer is lit in the picture and in the text",
  async () => {
    const lines = [["LIGHTHOUSE KEEPER", "HARBOUR LEDGER"]];
    const id = await begin(site.url, lines, { engine: "embedded" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    const text = textOf(page, 1);
    await text.getByText("HARBOUR").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Mark unsure words" }).waitFor();
    // In the text: the picture's word is marked.
    await text.getByText("HARBOUR").hover({ position: { x: 12, y: 12 } });
    const box = page.locator("[data-word]");
    await box.waitFor({ state: "attached" });
    const word = (await box.getAttribute("data-word")) ?? "";
    expect(["LIGHTHOUSE", "HARBOUR"]).toContain(word);
    expect(await marked(page, "word")).toEqual([word]);
    const place = await box.boundingBox();
    if (!place) throw new Error("the box is not on the screen");
    // In the picture: the text's word is marked.
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => CSS.highlights.get("word")?.size === 0);
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    await page.waitForFunction(() => CSS.highlights.get("word")?.size === 1);
    expect(await marked(page, "word")).toEqual([word]);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "words are found in all pages, in any case, over line ends of Chinese",
  async () => {
    scripts.set("find", { text: `${LEDGER}\n\n${"A paragraph.\n\n".repeat(60)}中文\n通知` });
    const id = await begin(site.url, TWO_PAGES, { prompt: "find" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await page.getByRole("button", { name: "Page 2, read" }).waitFor();
    await textOf(page, 1).getByText("eleven").waitFor();
    await page.getByRole("button", { name: "Page 1, read" }).click();
    await page.keyboard.press("Control+f");
    const field = page.getByRole("textbox", { name: "Find in this document" });
    await field.fill("ELEVEN SAILS");
    await page.getByText("1 of 2").waitFor();
    expect(await marked(page, "found")).toEqual(["eleven sails"]);
    await field.press("Enter");
    await page.getByText("2 of 2").waitFor();
    await page.waitForFunction(
      () => document.querySelector('[aria-current="page"]')?.textContent === "2",
    );
    await field.fill("中文通知");
    await page.getByText("1 of 2").or(page.getByText("2 of 2")).waitFor();
    await page.waitForFunction(() => CSS.highlights.get("found")?.size === 1);
    expect((await marked(page, "found"))[0]).toMatch(/^中文\s通知$/);
    await field.press("Escape");
    await page.waitForFunction(() => CSS.highlights.get("find")?.size === 0);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a match on a page that is in sight already makes that page the current one",
  async () => {
    scripts.set("short", { text: "Eleven sails were seen." });
    const id = await begin(site.url, TWO_PAGES, { prompt: "short" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    for (const number of [1, 2]) await textOf(page, number).getByText("Eleven sails").waitFor();
    await page.getByRole("button", { name: "Page 1, read" }).click();
    await page.keyboard.press("Control+f");
    const field = page.getByRole("textbox", { name: "Find in this document" });
    await field.fill("sails");
    await page.getByText("1 of 2").waitFor();
    await field.press("Enter");
    await page.getByText("2 of 2").waitFor();
    await page.waitForFunction(
      () => document.querySelector('[aria-current="page"]')?.textContent === "2",
    );
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a job is followed, paused, stopped, and read again in part; the document is renamed",
  async () => {
    const pages = Array.from({ length: 24 }, (_, index) => [`page ${index + 1}`]);
    scripts.set("steer", { text: `${LEDGER}\n\n${"A paragraph.\n\n".repeat(40)}`, paceMs: 60 });
    const id = await begin(site.url, pages, { prompt: "steer" });
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await page.getByText("eleven").first().waitFor();
    await page.getByRole("group", { name: "Text" }).hover();
    await page.mouse.wheel(0, 200);
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByRole("button", { name: "Follow" }).waitFor({ state: "detached" });
    await page.keyboard.press("p");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Stop reading" }).click();
    const question = page.getByRole("dialog", { name: "Stop reading?" });
    await question.getByRole("button", { name: "Stop reading" }).click();
    await page.getByRole("button", { name: "Page 24, not read" }).waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Read again" }).click();
    const dialog = page.getByRole("dialog", { name: "Read the document again" });
    await dialog.getByLabel("Pages").fill("23-24");
    await dialog.getByRole("button", { name: "Read", exact: true }).click();
    await page.getByRole("button", { name: "Page 24, read" }).waitFor();
    const readings = page.getByRole("combobox", { name: "Reading" });
    expect(await readings.locator("option").count()).toBe(2);
    await page.getByRole("button", { name: "Page 1," }).waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "paper.pdf" }).getByRole("button").click();
    await page.keyboard.type("Logbook");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Logbook" }).waitFor();
    await page.waitForFunction(() => document.title.startsWith("Logbook"));
    expect(problems).toEqual([]);
    // As from a search.
    await page.goto(`${site.url}/documents/${id}?page=24`);
    await page.getByRole("img", { name: "Page 24 as a picture" }).waitFor();
    await textOf(page, 24).getByText("No script").waitFor();
  },
  TEST_MS,
);

const HOSTILE = [
  "<script>window.hit = 1</script>",
  "<img src=x onerror='window.hit = 2'> text <svg onload='window.hit = 3'></svg>",
  "<iframe src='https://evil.example/frame'></iframe><style>body { display: none }</style>",
  "[a link](javascript:window.hit=4) [data](data:text/html,<script>window.hit=5</script>)",
  "[encoded](java&#115;cript:window.hit=6) <javascript:window.hit=7> [own](/api/users/me)",
  "![remote](https://evil.example/pixel.png) ![inline](data:image/png;base64,AAAA)",
  '<table style="position:fixed;inset:0" onclick="window.hit=8"><tr><td>cell</td></tr></table>',
  "[reference][1]\n\n[1]: javascript:window.hit=9",
  "| a | <b onmouseover='window.hit=10'>b</b> |\n|---|---|\n| 1 | ![x](//evil.example/x) |",
  "‮desrever‬ ⁦isolated⁩",
  "[good](https://example.org/page) [mail](mailto:a@example.org)",
  "x".repeat(20_000),
  "```mermaid\ngraph TD; A-->B\n```\n\n$$\\href{javascript:window.hit=11}{x}$$",
].join("\n\n");

test(
  "hostile texts do nothing, ask nobody, and lead only to the web",
  async () => {
    scripts.set("hostile", { text: HOSTILE, chunkChars: 200, paceMs: 20 });
    const id = await begin(site.url, [["one"]], { prompt: "hostile" });
    const { page, problems } = await site.open({}, "/api/docs");
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url)) foreign.push(request.url());
    });
    await page.goto(`${site.url}/documents/${id}`);
    const text = textOf(page, 1);
    await text.getByText("cell").waitFor();
    await page.getByRole("button", { name: "Page 1, read" }).waitFor();
    await text.getByText("graph TD").waitFor();
    await text.locator("math").first().waitFor();
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    expect(await text.locator("script, style, iframe, svg, img, b, [onclick]").count()).toBe(0);
    const links = await text
      .locator("a")
      .evaluateAll((anchors) =>
        anchors.map((anchor) => [
          anchor.getAttribute("href"),
          anchor.getAttribute("target"),
          anchor.getAttribute("rel"),
        ]),
      );
    expect(links).toEqual([
      ["https://example.org/page", "_blank", "noopener noreferrer"],
      ["mailto:a@example.org", "_blank", "noopener noreferrer"],
    ]);
    const isWide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
    expect(isWide).toBe(false);
    // Tables are tables, but not as they wanted to be.
    await text.locator("th").getByText("cell").waitFor();
    expect(await text.locator("table[style], table[onclick]").count()).toBe(0);
    for (const view of ["Plain", "Raw"]) await page.getByRole("tab", { name: view }).click();
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a server that goes down and comes back: the page says so, and nothing is lost",
  async () => {
    scripts.set("outage", {
      text: `${LEDGER} ${"tick ".repeat(80)}end`,
      chunkChars: 5,
      paceMs: 40,
    });
    const folder = mkdtempSync(join(tmpdir(), "my-ocr-outage-"));
    const env = { LLM_BASE_URL: engineUrl, LLM_MODEL: "scripted" };
    const first = await startServerProcess(folder, env);
    const { url } = first;
    const id = await begin(url, TWO_PAGES, { prompt: "outage" });
    const { page } = await site.open();
    await page.goto(`${url}/documents/${id}`);
    await textOf(page, 1).getByText("tick").waitFor();
    await first[Symbol.asyncDispose]();
    await page.getByText("Reconnecting …").first().waitFor();
    await using _second = await startServerProcess(folder, { ...env, PORT: new URL(url).port });
    await page.getByText("Reconnecting …").first().waitFor({ state: "detached" });
    await page.getByText("All pages are read.").waitFor({ state: "attached", timeout: 30_000 });
    for (const number of [1, 2]) {
      expect((await textOf(page, number).innerText()).match(/tick/g)).toHaveLength(80);
    }
    await page.context().close();
    rmSync(folder, { recursive: true, force: true });
  },
  TEST_MS,
);

test(
  "a document that was not read offers to be; one that is not there is said to be gone",
  async () => {
    const id = await upload(typedClient(site.url), [["one"]], "unread.pdf");
    const { page, problems } = await site.open({}, `/documents/${id}`);
    await page.getByRole("button", { name: "Read it" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Read", exact: true }).click();
    await textOf(page, 1).getByText("No script.").waitFor();
    expect(problems).toEqual([]);
    await page.goto(`${site.url}/documents/nothing`);
    await page.getByRole("heading", { name: "There is no such document" }).waitFor();
  },
  TEST_MS,
);

test(
  "on a phone picture and text take turns; keys go through pages",
  async () => {
    scripts.set("phone", { text: LEDGER });
    const id = await begin(site.url, TWO_PAGES, { prompt: "phone" });
    const { page, problems } = await site.open(
      { viewport: { width: 390, height: 844 }, hasTouch: true },
      `/documents/${id}`,
    );
    await textOf(page, 1).getByText("eleven").waitFor();
    await page.getByRole("tab", { name: "Picture" }).click();
    await page.getByRole("img", { name: "Page 1 as a picture" }).waitFor();
    expect(await textOf(page, 1).isVisible()).toBe(false);
    await page.keyboard.press("j");
    await page.getByRole("img", { name: "Page 2 as a picture" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Edit the page").waitFor();
    expect(problems).toEqual([]);
  },
  TEST_MS,
);
