import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { exportSchema } from "../src/shared/export.ts";
import { followJob, typedClient } from "../tests/typed-client.ts";
import { type Site, startSite } from "./browser.ts";
import { Scripts, upload } from "./reading.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
const scripts = new Scripts();
let site: Site;

beforeAll(async () => {
  site = await startSite({ LLM_BASE_URL: await scripts.start() });
}, START_MS);
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await scripts[Symbol.asyncDispose]();
});

/** What the browser saves, by its name. */
async function download(page: Page, item: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole("button", { name: "More" }).click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: item }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test(
  "a document leaves in each format, under its own name, with what was read",
  async () => {
    scripts.set("export", { text: "# Harbour\n\n**12** boats" });
    const client = typedClient(site.url);
    const documentId = await upload(client, [["one"], ["two"]], "log book.pdf");
    const { id } = await client.jobs.start.mutate({ documentId, prompt: "export" });
    await followJob(client, { id }).ended;
    const { page } = await site.open({ acceptDownloads: true }, `/documents/${documentId}`);
    const markdown = await download(page, "Download Markdown");
    expect(markdown.name).toBe("log book.md");
    expect(markdown.bytes.toString()).toContain("# Harbour\n\n**12** boats");
    const text = await download(page, "Download text");
    expect(text.name).toBe("log book.txt");
    expect(text.bytes.toString()).toContain("12 boats");
    expect(text.bytes.toString()).not.toContain("**");
    const json = await download(page, "Download JSON");
    const exported = exportSchema.parse(JSON.parse(json.bytes.toString()));
    expect(exported.pages).toHaveLength(2);
    const original = await download(page, "Download the original");
    expect(original.name).toBe("log book.pdf");
    expect(original.bytes.subarray(0, 5).toString()).toBe("%PDF-");
  },
  TEST_MS,
);
