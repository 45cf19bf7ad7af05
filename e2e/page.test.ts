import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { textPdf } from "../tests/fixtures/pdf.ts";
import { type Site, startSite } from "./browser.ts";

const START_MS = 120_000;
let site: Site;

beforeAll(async () => {
  site = await startSite();
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** Two pages in large print, which any engine reads. */
const invoice = textPdf([["INVOICE 2041", "Paper and toner"], ["DELIVERY TERMS"]], {
  fontSize: 36,
});

async function choose(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const file = { name, mimeType: "application/pdf", buffer: Buffer.from(bytes) };
  await page.locator("input[type=file]").setInputFiles(file);
}

async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, numbers]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(numbers)], fileName));
      return transfer;
    },
    [name, [...bytes]] as const,
  );
  const target = page.getByRole("button", { name: "Choose a file" });
  await target.dispatchEvent("dragenter", { dataTransfer: data });
  await target.dispatchEvent("drop", { dataTransfer: data });
}

async function phase(page: Page, name: string): Promise<string> {
  const line = page.locator(`[data-phase=${name}]`);
  await line.waitFor();
  return (await line.textContent()) ?? "";
}

const background = async (page: Page): Promise<string> =>
  await page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the page says what runs, and loads without an error", async () => {
  const { page, problems } = await site.open();
  const status = page.getByRole("status");
  await status.getByText("Ready", { exact: true }).waitFor();
  const info = await (await fetch(`${site.url}/api/info`)).json();
  expect(await status.textContent()).toContain(info.engine.name);
  expect(await status.textContent()).toContain(info.engine.model);
  expect(await page.locator("pre").allTextContents()).toContainEqual(
    expect.stringContaining(`${site.url}/api/ocr/pdf`),
  );
  expect(problems).toEqual([]);
});

test("a chosen file is read page by page, and its text can be copied", async () => {
  const { page, problems } = await site.open({
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await choose(page, "invoice.pdf", invoice);
  expect(await phase(page, "done")).toStartWith("2 pages read");
  expect(await page.locator("[data-page='1']").textContent()).toContain("2041");
  expect(await page.locator("[data-page='2']").textContent()).toContain("TERMS");
  await page.getByRole("button", { name: "Copy text" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(async () => await navigator.clipboard.readText());
  expect(copied).toContain("INVOICE");
  expect(problems).toEqual([]);
});

test("a dropped file is read, of the pages that were asked for", async () => {
  const { page } = await site.open();
  await page.getByRole("textbox", { name: "Pages" }).fill("2");
  await drop(page, "invoice.pdf", invoice);
  expect(await phase(page, "done")).toStartWith("1 page read");
  expect(await page.locator("[data-page]").count()).toBe(1);
  expect(await page.locator("[data-page='2']").textContent()).toContain("DELIVERY");
});

test("what a document says is text on the page, never markup", async () => {
  const { page } = await site.open();
  await choose(page, "markup.pdf", textPdf([["<b>bold</b> <script>"]], { fontSize: 36 }));
  await phase(page, "done");
  expect(await page.locator("[data-page] *").count()).toBe(0);
  expect(await page.locator("[data-page='1']").textContent()).toContain("bold");
});

test("a file that cannot be read is refused in words", async () => {
  const { page } = await site.open();
  await choose(page, "notes.pdf", new TextEncoder().encode("just some notes"));
  expect(await phase(page, "failed")).toContain("PDF, PNG");
});

test("a running recognition can be stopped", async () => {
  const { page } = await site.open();
  const long = textPdf(Array.from({ length: 200 }, (_, index) => [`Page number ${index + 1}`]));
  await choose(page, "long.pdf", long);
  await phase(page, "reading");
  await page.getByRole("button", { name: "Stop" }).click();
  expect(await phase(page, "stopped")).toBe("Stopped.");
});

test.each([390, 768, 1440])("nothing scrolls sideways at %d px", async (width) => {
  const { page } = await site.open({ viewport: { width, height: 844 } });
  const wide = textPdf([["W".repeat(60)]], { width: 2000 });
  await choose(page, "wide.pdf", wide);
  await phase(page, "done");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});

test("light and dark follow the system", async () => {
  const light = await site.open({ colorScheme: "light" });
  const dark = await site.open({ colorScheme: "dark" });
  const brightness = (color: string): number => Number(/\d+/.exec(color)?.[0]);
  expect(brightness(await background(light.page))).toBeGreaterThan(200);
  expect(brightness(await background(dark.page))).toBeLessThan(50);
});

test("the keyboard alone reaches everything", async () => {
  const { page } = await site.open();
  await page.getByRole("status").getByText("Ready", { exact: true }).waitFor();
  const names: string[] = [];
  for (let n = 0; n < 7; n++) {
    await page.keyboard.press("Tab");
    names.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
      }),
    );
  }
  expect(names.slice(0, 2)).toEqual(["中文", "Choose a file"]);
  expect(names.slice(3)).toEqual([
    "Copy: An image",
    "Copy: A PDF, or any file page by page",
    "Copy: Selected pages",
    "Copy: What was used",
  ]);
});

test("the page speaks Chinese to those who want it, and remembers", async () => {
  const { page } = await site.open();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "试一试" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "试一试" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-Hans");
});
