import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { z } from "zod";
import { register } from "../tests/accounts.ts";
import { type Site, startSite } from "./browser.ts";
import { openAs } from "./log-in.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
const MOST_SCRIPT_BYTES = 170 * 1000;
const SMALLEST_BYTES = 1000;
const MOST_SHIFT = 0.05;
let site: Site;

beforeAll(async () => {
  site = await startSite({ AUTH_ENABLED: "true" });
  await register(site, "ada");
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const assetsOn = async (page: Page): Promise<string[]> =>
  z.array(z.string()).parse(
    await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => name)
        .filter((name) => name.includes("/assets/")),
    ),
  );

/** As it is sent to who takes no better compression than gzip. */
async function gzipBytes(url: string): Promise<number> {
  const response = await fetch(url, { headers: { "accept-encoding": "gzip" }, decompress: false });
  return (await response.bytes()).length;
}

/** What browsers saw of the page while it built itself up. */
async function paintOf(page: Page): Promise<{ shift: number; largestMs: number }> {
  const entries = page.evaluate(async () => {
    const observed = async (type: string): Promise<PerformanceEntryList> =>
      await new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries())).observe({
          type,
          buffered: true,
        });
        // Where there was none, nobody calls.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => setTimeout(() => resolve([]), 100)),
        );
      });
    const shifts = await observed("layout-shift");
    const largest = await observed("largest-contentful-paint");
    return {
      shift: shifts.reduce((sum, entry) => sum + ("value" in entry ? Number(entry.value) : 0), 0),
      largestMs: largest.at(-1)?.startTime ?? Number.NaN,
    };
  });
  return await entries;
}

test.each([
  ["/", "paper"],
  ["/login", "Log in"],
] as const)(
  "the first view of %s is light, still, and well described",
  async (path, words) => {
    const { page, problems } = path === "/" ? await openAs(site, "ada") : await site.open({}, path);
    await page.getByText(words).first().waitFor();
    await page.waitForLoadState("networkidle");
    const assets = await assetsOn(page);
    for (const url of assets) {
      const { headers } = await fetch(url, { headers: { "accept-encoding": "br, gzip" } });
      expect(headers.get("cache-control")).toContain("immutable");
      // Fonts and pictures are compressed in themselves, and the smallest files do not get smaller.
      const isText = /\.(?:js|css)$/.test(url);
      const isSmall = Number(headers.get("content-length")) < SMALLEST_BYTES;
      if (isText && !isSmall) {
        expect([url, headers.get("content-encoding")]).toEqual([url, "br"]);
      }
    }
    const scripts = assets.filter((url) => url.endsWith(".js"));
    const sizes = await Promise.all(scripts.map(gzipBytes));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const { shift, largestMs } = await paintOf(page);
    console.log(
      `${path}: ${scripts.length} scripts, ${total} bytes gzip; LCP ${Math.round(largestMs)} ms; CLS ${shift.toFixed(4)}`,
    );
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
    expect(shift).toBeLessThanOrEqual(MOST_SHIFT);
    expect(largestMs).toBeGreaterThan(0);
    expect(await page.title()).toMatch(/^.+ – My OCR$/);
    expect(await page.locator("html").getAttribute("lang")).toBe("en-GB");
    for (const name of ["description", "viewport"]) {
      expect(await page.locator(`meta[name=${name}]`).getAttribute("content")).toMatch(/\w/);
    }
    expect(problems).toEqual([]);
  },
  TEST_MS,
);
