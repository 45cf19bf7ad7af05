import { describe, expect, test } from "bun:test";
import { randomNumbers } from "../../../../../tests/fixtures/random.ts";
import type { Bow } from "../bow.ts";
import type { RotatedBox } from "../geometry.ts";
import type { Block } from "./blocks.ts";
import { layOut } from "./layout.ts";

/** Of the print in these pages, in pixels. */
const HEIGHT = 20;

/** A box with a name, from its left edge and the middle of its line. */
function line(left: number, y: number, width: number, height = HEIGHT, bow?: Bow): RotatedBox {
  const center = { x: left + width / 2, y };
  return { center, width, height, angle: 0, ...(bow && { bow }) };
}

/** Lines below each other. */
function column(left: number, top: number, widths: readonly number[], pitch = 26): RotatedBox[] {
  return widths.map((width, index) => line(left, top + index * pitch, width));
}

function rowsOf(block: Block): RotatedBox[][] {
  if (block.kind === "text") return block.rows.map((row) => row.map(({ box }) => box));
  return block.rows.map((row) => row.flat().map(({ box }) => box));
}

function readingOrder(boxes: readonly RotatedBox[]): RotatedBox[] {
  return layOut(shuffled(boxes), 0).blocks.flatMap(rowsOf).flat();
}

function rowsIn(boxes: readonly RotatedBox[]): RotatedBox[][] {
  return layOut(shuffled(boxes), 0).blocks.flatMap(rowsOf);
}

/** Detection finds boxes in no order. */
function shuffled<T>(items: readonly T[]): T[] {
  const random = randomNumbers(items.length);
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const FULL = [400, 398, 401, 400, 399, 400, 400, 397, 400, 180];

describe("the order of reading", () => {
  test("columns of text are read one after the other, below the heading above both", () => {
    const heading = line(200, 40, 440, 34);
    const left = column(20, 100, FULL);
    const right = column(450, 106, FULL);
    expect(readingOrder([heading, ...left, ...right])).toEqual([heading, ...left, ...right]);
  });

  test("sections of columns below each other are read one after the other", () => {
    const three = [20, 330, 640].map((left) => column(left, 100, Array<number>(8).fill(290)));
    const two = [20, 485].map((left) => column(left, 400, Array<number>(8).fill(445)));
    const page = [...three, ...two].flat();
    expect(readingOrder(page)).toEqual(page);
  });

  test("a line that was drawn across two columns is cut between them", () => {
    const left = column(20, 100, Array<number>(9).fill(400));
    const right = column(434, 100, Array<number>(9).fill(400));
    const page = [...left.toSpliced(4, 1), ...right.toSpliced(4, 1), line(20, 204, 814)];
    const order = readingOrder(page);
    expect(order).toHaveLength(18);
    expect(order[4]?.width).toBeCloseTo(400, 0);
    expect(order[13]?.center.x).toBeCloseTo(634, 0);
  });

  test("the lines of a bent page do not mix", () => {
    // The right end of each line lies two lines below its left end.
    const bow: Bow = [0, 30, 12, 4];
    const lines = Array.from({ length: 12 }, (_, n) => line(40, 100 + n * 27, 600, HEIGHT, bow));
    // The last one came in two pieces.
    const first = line(40, 100 + 12 * 27 - 20, 300, HEIGHT, [0, 11, 3, 0]);
    const second = line(350, 100 + 12 * 27 + 14, 290, HEIGHT, [0, 19, 3, 0]);
    const rows = rowsIn([...lines, first, second]);
    expect(rows).toEqual([...lines.map((one) => [one]), [first, second]]);
  });

  test("a price stands in the row of its item although the receipt slopes between them", () => {
    const items = column(40, 100, [180, 150, 210, 170, 190, 160, 205], 30);
    const prices = column(420, 84, [60, 60, 60, 60, 60, 60, 60], 30);
    expect(rowsIn([...items, ...prices])).toEqual(
      items.map((item, index) => [item, ...prices.slice(index, index + 1)]),
    );
  });

  test("an initial begins the first of the lines beside it; they stay lines", () => {
    const initial = line(20, 122, 60, 66);
    const beside = column(90, 100, [500, 498]);
    const below = column(20, 152, [570, 571, 566, 300]);
    const [first, ...others] = [...beside, ...below];
    expect(rowsIn([initial, ...beside, ...below])).toEqual([
      first ? [initial, first] : [],
      ...others.map((one) => [one]),
    ]);
  });

  test("every box is read once, wherever boxes are", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomNumbers(seed);
      const boxes = Array.from({ length: Math.floor(random() * 120) }, (): RotatedBox => {
        const height = 8 + random() ** 4 * 120;
        const center = { x: random() * 1500, y: random() * 2000 };
        const angle = (random() - 0.5) * (random() < 0.1 ? 1.5 : 0.05);
        return { center, height, width: height * (0.4 + random() ** 2 * 25), angle };
      });
      const order = readingOrder(boxes);
      expect(order).toHaveLength(boxes.length);
      expect(new Set(order)).toEqual(new Set(boxes));
    }
  });
});

describe("tables", () => {
  const lefts = [20, 300, 420, 540];

  /** Cells by their widths; zero is empty. */
  function tableRow(y: number, widths: readonly number[]): RotatedBox[] {
    return widths.flatMap((width, index) => (width > 0 ? [line(lefts[index] ?? 0, y, width)] : []));
  }

  function cellsOf(boxes: readonly RotatedBox[]): number[][] {
    const block = layOut(shuffled(boxes), 0).blocks.find(({ kind }) => kind === "table");
    return block?.kind === "table" ? block.rows.map((row) => row.map((cell) => cell.length)) : [];
  }

  test("empty cells stay empty, and headings within the table are rows of it", () => {
    const page = [
      ...tableRow(100, [0, 80, 80, 80]),
      ...tableRow(130, [240, 0, 0, 0]),
      ...tableRow(160, [120, 60, 0, 70]),
      ...tableRow(190, [150, 62, 66, 70]),
      ...tableRow(220, [110, 60, 64, 0]),
    ];
    expect(cellsOf(page)).toEqual([
      [0, 1, 1, 1],
      [1, 0, 0, 0],
      [1, 1, 0, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 0],
    ]);
  });

  test("a second line of a cell goes on with the cell", () => {
    const row = (y: number): RotatedBox[] => [
      line(20, y, 30),
      line(80, y, 300),
      line(420, y, 60),
      line(540, y, 60),
    ];
    const page = [...row(100), ...row(150), line(80, 174, 120), ...row(224), ...row(274)];
    expect(cellsOf(page)).toEqual([
      [1, 1, 1, 1],
      [1, 2, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
  });

  test("numbers at the margin make no table of a court's paper", () => {
    const numbers = column(20, 100, Array<number>(9).fill(18), 40);
    const text = column(70, 100, [500, 498, 501, 300, 499, 500, 498, 502, 210], 40);
    const { blocks } = layOut([...numbers, ...text], 0);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatchObject({ kind: "text", keepsBreaks: true });
    expect(rowsIn([...numbers, ...text])).toEqual(
      numbers.map((number, index) => [number, ...text.slice(index, index + 1)]),
    );
  });
});
