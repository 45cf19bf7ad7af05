import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Site, startSite } from "./browser.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(async () => await site[Symbol.asyncDispose]());

test.each(["light", "dark"] as const)(
  "the description of the API reads well without scripts, in %s",
  async (colorScheme) => {
    const { page, problems } = await site.open(
      { colorScheme, javaScriptEnabled: false },
      "/api/docs",
    );
    await page.getByRole("link", { name: "POST /api/ocr/pdf" }).click();
    const article = page.locator("article:target");
    await article.getByText("Reads a file, streams page by page").waitFor();
    const isDark = await page.locator("body").evaluate((body) => {
      const [red = 0] = getComputedStyle(body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return red < 128;
    });
    expect(isDark).toBe(colorScheme === "dark");
    expect(problems).toEqual([]);
  },
  30_000,
);
