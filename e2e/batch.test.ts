import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { typedClient } from "../tests/typed-client.ts";
import { type Site, startSite } from "./browser.ts";
import { begin } from "./reading.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
/** By the prompt of a job: its engine answers when that is resolved. */
const answers = {
  first: Promise.withResolvers<void>(),
  last: Promise.withResolvers<void>(),
  asked: Promise.withResolvers<void>(),
};
let engine: ScriptedEngineServer;
let site: Site;

beforeAll(async () => {
  engine = await startScriptedEngine(async ({ prompt }) => {
    for (const [name, { promise }] of Object.entries(answers)) if (name === prompt) await promise;
    return { text: "Read." };
  });
  const LLM_BASE_URL = engine.url;
  site = await startSite({ LLM_BASE_URL, LLM_MODEL: "scripted", OCR_PAGE_CONCURRENCY: "1" });
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const FILES = { "a.pdf": "first", "b.pdf": "any", "c.pdf": "any", "d.pdf": "last" };

const icon = async (page: Page): Promise<string | null> =>
  await page.locator('link[rel="icon"]').getAttribute("href");

/** Keeps what would be shown outside of the page, which is as if nobody saw it. */
async function watchNotifications(page: Page): Promise<void> {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    const Shown = class extends EventTarget {
      static permission = "granted";
      constructor(_title: string, { body = "" }: NotificationOptions = {}) {
        super();
        document.documentElement.dataset["told"] = body;
      }
    };
    Object.defineProperty(window, "Notification", { value: Shown });
  });
}

test(
  "the tab shows on every screen how far all files are, and it is told when they are read",
  async () => {
    const client = typedClient(site.url);
    for (const [name, prompt] of Object.entries(FILES)) {
      await begin(site.url, [["one"]], { prompt, name });
    }
    const { page, problems } = await site.open({}, "/api/docs");
    await watchNotifications(page);
    await page.goto(`${site.url}/usage`);
    await page.waitForFunction(() => document.title === "0% · Usage – My OCR");
    answers.first.resolve();
    await page.waitForFunction(() => document.title === "75% · Usage – My OCR");
    expect(await icon(page)).toStartWith("data:image/svg+xml,");
    await page.getByRole("link", { name: "Library" }).first().click();
    await page.getByText("1 file being read").waitFor();
    await page.getByText("3 of 4 pages read").waitFor();
    expect(await page.title()).toBe("75% · Library – My OCR");
    // Also for who comes now.
    await page.reload();
    await page.getByText("3 of 4 pages read").waitFor();
    answers.last.resolve();
    await page.waitForFunction(() => document.documentElement.dataset["told"] !== undefined);
    const told = await page.locator("html").getAttribute("data-told");
    expect(told).toBe("4 files have been read.");
    await page.waitForFunction(() => document.title === "Library – My OCR");
    expect(await icon(page)).toBe("/favicon.svg");
    expect(await client.jobs.batch.query({})).toBeNull();
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "wherever people wait they can ask to be told, once",
  async () => {
    const id = await begin(site.url, [["one"]], { prompt: "asked" });
    const { page, problems } = await site.open({}, "/api/docs");
    // What a person answers, for there is nobody here whom the browser could ask.
    await page.addInitScript(() => {
      Object.defineProperty(Notification, "permission", { value: "default" });
      Notification.requestPermission = async () => await Promise.resolve("granted");
    });
    const button = page.getByRole("button", { name: "Tell me when done" });
    for (const path of ["/", "/library", `/documents/${id}`]) {
      await page.goto(site.url + path);
      await button.waitFor();
    }
    await button.click();
    await button.waitFor({ state: "detached" });
    await page.goto(site.url);
    await button.waitFor();
    answers.asked.resolve();
    await button.waitFor({ state: "detached" });
    expect(problems).toEqual([]);
  },
  TEST_MS,
);
