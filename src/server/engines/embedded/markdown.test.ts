/** Documents of many kinds, drawn here, through the engine: what their Markdown looks like. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type PlacedText,
  type Rule,
  lines,
  placedPdf,
} from "../../../../tests/fixtures/placed-pdf.ts";
import { bmp, pixelsOfPdfPage } from "../../../../tests/fixtures/pixels.ts";
import { createLogger } from "../../logger.ts";
import { type EmbeddedEngine, createEmbeddedEngine } from "./engine.ts";

const LONG_MS = 60_000;
const SCALE = 2;

describe("the Markdown of a page", () => {
  let engine: EmbeddedEngine;
  beforeAll(() => {
    const logger = createLogger("silent");
    engine = createEmbeddedEngine({ processes: 1, memoryLimitMb: 800, logger });
  });
  afterAll(async () => await engine[Symbol.asyncDispose]());

  async function read(texts: readonly PlacedText[], rules: readonly Rule[] = []): Promise<string> {
    const pixels = pixelsOfPdfPage(placedPdf(texts, rules), 0, SCALE);
    const { width, height } = pixels;
    const image = { bytes: bmp(pixels), mime: "image/bmp", width, height } as const;
    let text = "";
    const { signal } = new AbortController();
    for await (const event of engine.stream(image, { prompt: "" }, signal)) {
      if (event.type === "delta") text += event.delta;
    }
    // How the recogniser spaces its marks is not tested here.
    return text.replaceAll(/ (?=[.,])/g, "");
  }

  test(
    "a heading over two columns, each read to its end, hyphens undone",
    async () => {
      const left = [
        "The harbour was built when the",
        "town was small. Ships came in",
        "with salt and wool, and left with",
        "timber from the northern hills.",
        "Every winter the ice closed the",
        "mouth of the river for some six",
        "weeks, and nobody could leave",
        "the town until the warm wea-",
      ];
      const right = [
        "ther came again in the spring.",
        "The mill stood where the bridge",
        "is now. It ground the corn of all",
        "the farms along the valley, and",
        "the miller was a man of weight.",
        "His house is the oldest one that",
        "is left, and it serves as a school",
        "for the children of the harbour.",
      ];
      const text = await read([
        { text: "A Short History of the Town", x: 90, y: 80, size: 30 },
        ...lines(left, { x: 50, y: 140 }),
        ...lines(right, { x: 310, y: 140 }),
      ]);
      const [heading, ...paragraphs] = text.split(/\n+/);
      expect(heading).toBe("# A Short History of the Town");
      const body = [...left, ...right].join(" ").replace("wea- ther", "weather");
      expect(paragraphs.join(" ")).toBe(body);
    },
    LONG_MS,
  );

  test(
    "a ruled table with empty and wrapped cells",
    async () => {
      const [x, y, rowHeight] = [50, 100, 44];
      const columns = [x, 140, 320, 440, 545];
      const cells = [
        ["Name", "Morning", "Noon", "Evening"],
        ["Baker", "Reading room on\nthe second floor", "", "Archive"],
        ["Evans", "Workshop", "Stacks", ""],
        ["Miller", "", "Front desk", "Closing"],
      ];
      const texts = cells.flatMap((row, index) =>
        row.flatMap((cell, column) =>
          lines(cell.split("\n"), {
            x: (columns[column] ?? 0) + 18,
            y: y + index * rowHeight + 16,
          }).filter(({ text }) => text !== ""),
        ),
      );
      const bottom = y + rowHeight * cells.length;
      const rules: Rule[] = [
        ...columns.map((at): Rule => ({ from: [at, y], to: [at, bottom] })),
        ...[0, 1, 2, 3, 4].map((n): Rule => ({
          from: [x, y + n * rowHeight],
          to: [545, y + n * rowHeight],
        })),
      ];
      expect(await read(texts, rules)).toBe(
        [
          "| Name | Morning | Noon | Evening |",
          "| --- | --- | --- | --- |",
          "| Baker | Reading room on the second floor |  | Archive |",
          "| Evans | Workshop | Stacks |  |",
          "| Miller |  | Front desk | Closing |",
        ].join("\n"),
      );
    },
    LONG_MS,
  );

  test(
    "a receipt is rows of items and prices, without headings",
    async () => {
      const items = [
        ["Whole milk", "3.99"],
        ["Wheat bread", "2.49"],
        ["Ground coffee", "8.99"],
        ["Paper towels", "7.49"],
        ["Subtotal", "22.96"],
        ["Tax", "1.44"],
      ] as const;
      const text = await read([
        ...lines(["Corner Market", "128 Elm Street"], { x: 90, y: 60, size: 14 }),
        ...items.flatMap(([item, price], index) => [
          { text: item, x: 60, y: 130 + index * 20 },
          { text: price, x: 260, y: 130 + index * 20 },
        ]),
        { text: "Total", x: 60, y: 270, size: 22 },
        { text: "24.40", x: 230, y: 270, size: 22 },
      ]);
      expect(text).toStartWith("Corner Market\n128 Elm Street\n\n| Whole milk | 3.99 |\n");
      for (const [item, price] of items) expect(text).toContain(`| ${item} | ${price} |`);
      expect(text).toContain("| Total | 24.40 |");
      expect(text).not.toContain("#");
    },
    LONG_MS,
  );

  test(
    "the numbered lines of a court's paper keep their numbers and their breaks",
    async () => {
      const texts = [
        "Please take notice that on the third of May, or as soon",
        "as the matter may be heard in the above court, the",
        "plaintiff will move the court for an order compelling",
        "further responses to the first set of questions.",
        "The motion is made on the ground that the responses",
        "were evasive and incomplete, and that the objections",
        "are without merit. It is based on this notice and on",
        "the declaration of counsel.",
      ];
      const text = await read([
        ...lines(["1", "2", "3", "4", "5", "6", "7", "8"], { x: 40, y: 80 }, 26),
        ...lines(texts, { x: 80, y: 80 }, 26),
      ]);
      expect(text).toBe(texts.map((line, index) => `${index + 1} ${line}`).join("\n"));
    },
    LONG_MS,
  );

  test(
    "the items of a list, one a line, and the lines of an address",
    async () => {
      const text = await read([
        ...lines(["Edith Monroe", "12 Mill Lane", "Ashford"], { x: 60, y: 80 }),
        ...lines(
          [
            "2. Use the north gate until further notice, and show the permit",
            "3. Visitors park at the gate.",
            "4. Deliveries go to the yard behind the house.",
          ],
          { x: 60, y: 180 },
        ),
      ]);
      expect(text).toBe(
        [
          "Edith Monroe",
          "12 Mill Lane",
          "Ashford",
          "",
          "2. Use the north gate until further notice, and show the permit",
          "3. Visitors park at the gate.",
          "4. Deliveries go to the yard behind the house.",
        ].join("\n"),
      );
    },
    LONG_MS,
  );
});
