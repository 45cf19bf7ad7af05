import { describe, expect, test } from "bun:test";
import { type Bitmap, fitLongestSide, isBlank, toBmp, toGreyBmp, upright } from "./bitmap.ts";
import { pixelsOfPage } from "../../../tests/fixtures/page-pixels.ts";
import { toBitmap } from "./bun-image.ts";
import { encodePage } from "./encode.ts";
import { toPng } from "./png-writer.ts";

function filled(width: number, height: number, value: number): Bitmap {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

/** Every byte differs from its neighbours, and red from green from blue. */
function colourful(width: number, height: number): Bitmap {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => i * 7) };
}

describe("a blank page", () => {
  test.each([0, 128, 255])("has one colour, be it %d", (value) => {
    expect(isBlank(filled(40, 30, value))).toBe(true);
  });

  test("may have the faintest grain", () => {
    const page = filled(40, 30, 250);
    for (let i = 0; i < page.data.length; i += 7) page.data[i] = 252;
    expect(isBlank(page)).toBe(true);
  });

  test("has no single grey pixel", () => {
    const page = filled(400, 300, 255);
    page.data.fill(235, 3000, 3003);
    expect(isBlank(page)).toBe(false);
  });

  test("has no difference in one colour alone", () => {
    const page = filled(400, 300, 255);
    page.data[page.data.length - 1] = 200;
    expect(isBlank(page)).toBe(false);
  });
});

describe("the encoded picture", () => {
  test.each([1, 2, 3, 4, 5])(
    "is the same pixel by pixel as BMP and as PNG, %d wide",
    async (width) => {
      const bitmap = colourful(width, 3);
      for (const bytes of [toBmp(bitmap), toPng(bitmap)]) {
        const decoded = await toBitmap(new Bun.Image(bytes));
        expect(decoded.bitmap).toEqual(bitmap);
        expect(decoded.opaque).toBe(true);
      }
    },
  );

  test("is a grey PNG where it is grey, and comes back the same", async () => {
    const bitmap = filled(5, 4, 77);
    bitmap.data.fill(200, 15, 30);
    const png = toPng(bitmap);
    expect(png[25]).toBe(0);
    expect((await toBitmap(new Bun.Image(png))).bitmap).toEqual(bitmap);
  });

  test.each([1, 2, 3, 4, 5])("is the same as BMP of one byte a pixel, %d wide", async (width) => {
    const bitmap = filled(width, 3, 0);
    for (let i = 0; i < bitmap.data.length; i++) bitmap.data[i] = Math.floor(i / 3) * 17;
    const image = { bytes: toGreyBmp(bitmap), mime: "image/bmp", width, height: 3 } as const;
    const view = new DataView(image.bytes.buffer);
    expect([view.getUint32(10, true), view.getUint16(28, true)]).toEqual([54 + 1024, 8]);
    expect(image.bytes).toHaveLength(54 + 1024 + 3 * Math.ceil(width / 4) * 4);
    expect([...image.bytes.subarray(54 + 4 * 200, 58 + 4 * 200)]).toEqual([200, 200, 200, 0]);
    expect(await pixelsOfPage(image)).toEqual(bitmap);
  });

  test("is a BMP of one byte a pixel where it is grey, and of three where one pixel is not", async () => {
    const bitmap = filled(40, 30, 77);
    const { image } = await encodePage(bitmap, "bmp");
    expect(image.bytes).toEqual(toGreyBmp(bitmap));
    bitmap.data[3_000] = 78;
    const coloured = await encodePage(bitmap, "bmp");
    expect(coloured.image.bytes).toEqual(toBmp(bitmap));
    expect(await pixelsOfPage(coloured.image)).toEqual(bitmap);
  });

  test("is a 24-bit bottom-up BMP with a header of 54 bytes", () => {
    const bytes = toBmp({ width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    const view = new DataView(bytes.buffer);
    expect([view.getUint32(10, true), view.getUint16(28, true)]).toEqual([54, 24]);
    expect(view.getInt32(22, true)).toBe(2);
    expect([...bytes.subarray(54)]).toEqual([4, 5, 6, 0, 1, 2, 3, 0]);
  });
});

describe("the size of a page", () => {
  test("has the longer side asked for, whatever the page measures", () => {
    expect(fitLongestSide(595, 842, 1280)).toEqual({ width: 905, height: 1280 });
    expect(fitLongestSide(14_400, 14_400, 1280)).toEqual({ width: 1280, height: 1280 });
    expect(fitLongestSide(0.5, 0.25, 1280)).toEqual({ width: 1280, height: 640 });
  });

  test("never falls under one pixel", () => {
    expect(fitLongestSide(20_000, 1, 1280)).toEqual({ width: 1280, height: 1 });
    expect(fitLongestSide(1, 1e6, 1280)).toEqual({ width: 1, height: 1280 });
  });
});

describe("a picture stored in any orientation", () => {
  /** 3 wide, 2 high: `abc` over `def`. */
  const stored: Bitmap = {
    width: 3,
    height: 2,
    data: Uint8Array.from("aaabbbcccdddeeefff", (c) => c.charCodeAt(0)),
  };
  const rowsOf = ({ width, height, data }: Bitmap): string[] =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) =>
        String.fromCharCode(data[(y * width + x) * 3] ?? 0),
      ).join(""),
    );
  test.each([
    [1, ["abc", "def"]],
    [2, ["cba", "fed"]],
    [3, ["fed", "cba"]],
    [4, ["def", "abc"]],
    [5, ["ad", "be", "cf"]],
    [6, ["da", "eb", "fc"]],
    [7, ["fc", "eb", "da"]],
    [8, ["cf", "be", "ad"]],
    [9, ["abc", "def"]],
  ])("%d is put upright", (orientation, rows) => {
    expect(rowsOf(upright(stored, orientation))).toEqual(rows);
  });
});
