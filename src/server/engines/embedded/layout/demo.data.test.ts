/** The demo documents and photographs of the data set: read in order, and their tables as tables. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { score } from "../../../../../bench/accuracy/score.ts";
import { SNIFF_BYTES, sniffFileType } from "../../../documents/sniff.ts";
import { createLogger } from "../../../logger.ts";
import { Raster } from "../../../raster/raster.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "../engine.ts";

const data = process.env["OCR_DATA"];
const LONG_MS = 120_000;
const { signal } = new AbortController();

describe.skipIf(data === undefined)("real documents", () => {
  const logger = createLogger("silent");
  let engine: EmbeddedEngine;
  let raster: Raster;
  beforeAll(() => {
    engine = createEmbeddedEngine({ processes: 1, memoryLimitMb: 800, logger });
    raster = new Raster({ processes: 1, timeoutMs: 60_000, memoryLimitMb: 1024, logger });
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await raster?.[Symbol.asyncDispose]();
  });

  /** The Markdown of the first page. */
  async function read(name: string): Promise<string> {
    const path = join(data ?? "", name);
    const type = sniffFileType(await Bun.file(path).slice(0, SNIFF_BYTES).bytes());
    if (!type) throw new Error(`${name} is of no known type.`);
    const limits = { maxPages: 10, maxPixels: 2e8 };
    const { image } = await raster.render({ path, type }, 1, limits, engine.profile, signal);
    let text = "";
    for await (const event of engine.stream(image, { prompt: "" }, signal)) {
      if (event.type === "delta") text += event.delta;
    }
    return text;
  }

  test(
    "two columns are read one after the other",
    async () => {
      const text = await read("truth/en_paper_multicolumn_render.png");
      const [heading, left, leftEnd, right, rightEnd] = [
        "Two-Column Document with Lorem Ipsum",
        "Ut purus elit, vestibulum ut, placerat ac, adipiscing vitae",
        "Vivamus viverra fermentum felis",
        "Phasellus adipiscing semper elit. Proin fermentum massa ac quam",
        "Quisque egestas wisi eget nunc",
      ].map((part) => text.indexOf(part));
      expect(heading).toBe(text.startsWith("#") ? text.indexOf("Two") : 0);
      expect(left).toBeGreaterThan(heading ?? 0);
      expect(leftEnd).toBeGreaterThan(left ?? 0);
      expect(right).toBeGreaterThan(leftEnd ?? 0);
      expect(rightEnd).toBeGreaterThan(right ?? 0);
    },
    LONG_MS,
  );

  test(
    "the items of an invoice are one table, what stands above them is none of it",
    async () => {
      const text = await read("demo/01-invoice.pdf");
      const items = tablesIn(text).find(([head]) => head?.[0] === "Item") ?? [];
      expect(items[0]).toEqual(["Item", "Quantity", "Rate", "Amount"]);
      expect(items).toContainEqual(["Service A", "12", "$10.00", "$120.00"]);
      expect(items).toContainEqual(["Parts: 1 x cap_a", "", "", ""]);
      expect(items).toContainEqual(["Service B", "5", "$1.50", "$7.50"]);
      const terms = tablesIn(text).find(([head]) => head?.[0] === "Date:") ?? [];
      expect(terms).toContainEqual(["Payment Terms:", "Net 30 days"]);
      expect(text.indexOf("Taylor Riddel")).toBeLessThan(text.indexOf("Payment Terms:"));
      expect(text.indexOf("Subtotal")).toBeGreaterThan(text.indexOf("Service B"));
    },
    LONG_MS,
  );

  test(
    "a table beside charts is read whole, then the charts",
    async () => {
      const text = await read("demo/07-table-with-charts.pdf");
      const rows = tablesIn(text).flat();
      expect(rows).toContainEqual(["Cornstalks", "41.25", "39.38", "52.00", ""]);
      expect(rows).toContainEqual(["Chicago", "30.50", "unq", "28.00", expect.any(String)]);
      expect(rows.some((row) => row[0] === "Nearby Futures")).toBe(true);
      expect(text.indexOf("48.00")).toBeGreaterThan(text.indexOf("NYMEX Heating Oil"));
    },
    LONG_MS,
  );

  test(
    "the prices of a crumpled receipt stand beside their items",
    async () => {
      const text = await read("truth/en_receipt_tacos-photo.jpg");
      const rows = tablesIn(text).flat();
      for (const price of ["11.97", "11.07", "10.47", "117.25", "128.27"]) {
        expect(rows.some(([item = "", second]) => item !== "" && second === price)).toBe(true);
      }
      expect(rows).toContainEqual(["3 Cheese Pizza", "10.47"]);
    },
    LONG_MS,
  );

  test(
    "the lines of a bent page are in order",
    async () => {
      const text = await read("truth/en_photo_cookbook.jpg");
      const truth = await Bun.file(join(data ?? "", "truth/en_photo_cookbook.txt")).text();
      expect(score(truth, text).characterErrorRate).toBeLessThan(0.03);
    },
    LONG_MS,
  );
});

/** The cells of each table, without the rule below its head. */
function tablesIn(markdown: string): string[][][] {
  return markdown
    .split("\n\n")
    .filter((block) => block.startsWith("|"))
    .map((block) =>
      block
        .split("\n")
        .filter((row) => !row.startsWith("| ---"))
        .map((row) =>
          row
            .slice(1, -1)
            .split("|")
            .map((cell) => cell.trim()),
        ),
    );
}
