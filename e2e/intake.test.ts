import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { textImage } from "../tests/fixtures/images.ts";
import { encryptedPdf, textPdf } from "../tests/fixtures/pdf.ts";
import { chooseFiles, dropFiles, pasteFiles } from "./bring.ts";
import { type Site, startSite } from "./browser.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
let site: Site;

beforeAll(async () => {
  site = await startSite();
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const pdf = (name: string, ...lines: string[]) => ({
  name,
  type: "application/pdf",
  bytes: textPdf(
    lines.map((line) => [line]),
    { fontSize: 36 },
  ),
});
const image = async (name: string, line: string) => ({
  name,
  type: "image/png",
  bytes: await textImage([line], "png"),
});

/** Presses the button of the dialog, once all files have been sent. */
async function read(page: Page, pages: number): Promise<void> {
  await page
    .getByRole("button", { name: `Read ${pages} ${pages === 1 ? "page" : "pages"}` })
    .click();
}

async function untilListed(page: Page, name: string, state: string): Promise<void> {
  await page.getByRole("listitem").filter({ hasText: name }).getByText(state).waitFor();
}

test(
  "a dropped image is read, and its document opens",
  async () => {
    const { page, problems } = await site.open();
    await page.getByText("Drop paper").waitFor();
    await dropFiles(page, await image("photo.png", "HARBOUR"));
    await page.getByText("photo.png").waitFor();
    await read(page, 1);
    await page.waitForURL(/\/documents\/[\w-]+$/);
    await page.goto(`${site.url}/library`);
    await untilListed(page, "photo.png", "Read");
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "several chosen files are read as a batch, and found by what stands on their pages",
  async () => {
    const { page, problems } = await site.open();
    await chooseFiles(page, pdf("one.pdf", "LIGHTHOUSE", "ANCHOR"), pdf("two.pdf", "COMPASS"));
    await read(page, 3);
    await page.waitForURL(/\/library$/);
    await untilListed(page, "one.pdf", "Read");
    await untilListed(page, "two.pdf", "Read");
    await page.getByRole("textbox", { name: "Search" }).fill("anchor");
    const hit = page.getByRole("listitem").filter({ hasText: "one.pdf" });
    await hit.getByText("Page 2").waitFor();
    expect(await hit.locator("mark").textContent()).toBe("ANCHOR");
    expect(problems).toEqual([]);
  },
  TEST_MS,
);

test(
  "a pasted screenshot waits for the choice of pages and prompt",
  async () => {
    const { page } = await site.open();
    await page.getByText("Drop paper").waitFor();
    await pasteFiles(page, await image("screenshot.png", "PASTED"));
    await page.getByText("screenshot.png").waitFor();
    await page.getByLabel("What to ask for").selectOption("own");
    await page.getByLabel("Prompt", { exact: true }).fill("Only numbers.");
    await page.getByRole("button", { name: "Not now" }).click();
    await page.reload();
    await page.getByText("Drop paper").waitFor();
    // Remembered for the next time.
    await pasteFiles(page, await image("second.png", "AGAIN"));
    expect(await page.getByLabel("Prompt", { exact: true }).inputValue()).toBe("Only numbers.");
  },
  TEST_MS,
);

test(
  "an encrypted file asks for its password, and what cannot be read says why",
  async () => {
    const { page } = await site.open();
    const secret = {
      name: "secret.pdf",
      type: "application/pdf",
      bytes: encryptedPdf([["X"]], "key"),
    };
    const text = { name: "notes.txt", type: "text/plain", bytes: new TextEncoder().encode("hi") };
    await chooseFiles(page, secret, text);
    await page.getByText("This kind of file cannot be read").waitFor();
    await page.getByLabel("Password of secret.pdf").fill("key");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByRole("button", { name: "Remove notes.txt" }).click();
    await page.getByRole("button", { name: "Read 1 page" }).waitFor();
  },
  TEST_MS,
);

test(
  "documents are deleted together, after a question",
  async () => {
    const { page } = await site.open({}, "/library");
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await page.getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog");
    // What cannot be undone is not one key away.
    await question.locator("button:focus").getByText("Cancel").waitFor();
    await question.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No paper here yet").waitFor();
  },
  TEST_MS,
);

test(
  "an address at which there is nothing says so, and leads home",
  async () => {
    const { page } = await site.open({}, "/librarry");
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    await page.getByRole("link", { name: "To the beginning" }).click();
    await page.getByText("Drop paper").waitFor();
  },
  TEST_MS,
);
