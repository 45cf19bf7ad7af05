import { describe, expect, test } from "bun:test";
import * as mupdf from "mupdf";
import { pixelsOfPage } from "../../../tests/fixtures/page-pixels.ts";
import {
  type DrawnFormat,
  encodeImage,
  gif,
  png,
  textPixels,
  withExifOrientation,
} from "../../../tests/fixtures/images.ts";
import { concatBytes, latin1 } from "../../../tests/fixtures/pdf-writer.ts";
import type { RgbPixels } from "../../../tests/fixtures/pixels.ts";
import type { ImageProfile } from "../page-image.ts";
import type { Bitmap } from "./bitmap.ts";
import { type ImageRequest, decodeImage } from "./decode-image.ts";
import type { RenderedPage } from "./task.ts";

const full: ImageProfile = { longestSide: 5000, format: "bmp" };

async function decode(
  type: ImageRequest["type"],
  bytes: Uint8Array,
  profile = full,
): Promise<RenderedPage> {
  return await decodeImage({ bytes, type, maxPixels: 50e6, profile });
}

async function pixelsOf({ image }: RenderedPage): Promise<Bitmap> {
  return await pixelsOfPage(image);
}

/** Red, green, blue. */
function colourAt({ width, data }: Bitmap, x: number, y: number): number[] {
  const at = (y * width + x) * 3;
  return [...data.subarray(at, at + 3)].toReversed();
}

/** Mean difference of a sample, 0 to 255, of two pictures of one size. */
function difference(a: Bitmap, b: Bitmap): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
  return sum / a.data.length;
}

/** 48 x 32: red, green over blue, white, in quarters. */
function quarters(): RgbPixels {
  const [width, height] = [48, 32];
  const data = new Uint8Array(width * height * 3);
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] ?? [];
      data.set(colour, (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const near = (colour: number[], expected: number[], tolerance = 12): boolean =>
  colour.every((value, i) => Math.abs(value - (expected[i] ?? 0)) <= tolerance);

describe("an image of every format shows the same picture", () => {
  test.each<Exclude<DrawnFormat, "tiff">>(["png", "jpeg", "webp", "gif", "bmp"])(
    "%s",
    async (format) => {
      const drawn = textPixels(["The quick brown fox"]);
      const reference = await pixelsOf(await decode("bmp", await encodeImage(drawn, "bmp")));
      const page = await decode(format, await encodeImage(drawn, format));
      expect(page.blank).toBe(false);
      expect(difference(await pixelsOf(page), reference)).toBeLessThan(1);
    },
  );
});

/** Where the upper left corner's red and the upper right's green go, by EXIF orientation. */
const corners: [orientation: number, red: string, green: string][] = [
  [1, "top left", "top right"],
  [2, "top right", "top left"],
  [3, "bottom right", "bottom left"],
  [4, "bottom left", "bottom right"],
  [5, "top left", "bottom left"],
  [6, "top right", "bottom right"],
  [7, "bottom right", "top right"],
  [8, "bottom left", "top left"],
];

describe("the orientation in the EXIF data is honoured", () => {
  test.each(corners)("%d: red goes %s, green %s", async (orientation, red, green) => {
    const jpeg = withExifOrientation(await encodeImage(quarters(), "jpeg"), orientation);
    for (const longestSide of [5000, 24]) {
      for (const format of ["bmp", "jpeg"] as const) {
        const bitmap = await pixelsOf(await decode("jpeg", jpeg, { longestSide, format }));
        expect(bitmap.width > bitmap.height).toBe(orientation < 5);
        const at = (corner: string): number[] =>
          colourAt(
            bitmap,
            corner.includes("left") ? 2 : bitmap.width - 3,
            corner.includes("top") ? 2 : bitmap.height - 3,
          );
        expect(near(at(red), [255, 0, 0], 40)).toBe(true);
        expect(near(at(green), [0, 255, 0], 40)).toBe(true);
      }
    }
  });
});

describe("colours come out right", () => {
  test("of a CMYK JPEG, which is not a negative", async () => {
    const pixmap = new mupdf.Pixmap(mupdf.ColorSpace.DeviceCMYK, [0, 0, 64, 64], false);
    const samples = pixmap.getPixels();
    // Paper above, full black ink below.
    samples.fill(0);
    for (let i = samples.length / 2; i < samples.length; i += 4) samples[i + 3] = 255;
    // As Adobe's programs write it: inverted, with their marker.
    const jpeg = pixmap.asJPEG(90, true).slice();
    pixmap.destroy();
    for (const format of ["bmp", "jpeg"] as const) {
      const bitmap = await pixelsOf(await decode("jpeg", jpeg, { longestSide: 5000, format }));
      expect(near(colourAt(bitmap, 32, 8), [255, 255, 255])).toBe(true);
      expect(near(colourAt(bitmap, 32, 56), [0, 0, 0], 60)).toBe(true);
    }
  });

  test("of grey, palette, 16-bit and 1-bit PNG", async () => {
    const half = { width: 2, height: 1 };
    const row = (...values: number[]): Uint8Array[] => [Uint8Array.from(values)];
    const left = async (bytes: Uint8Array): Promise<number[]> =>
      colourAt(await pixelsOf(await decode("png", bytes)), 0, 0);
    expect(await left(png({ ...half, bitDepth: 8, colorType: 0, rows: row(90, 200) }))).toEqual([
      90, 90, 90,
    ]);
    expect(await left(png({ ...half, bitDepth: 1, colorType: 0, rows: row(0x40) }))).toEqual([
      0, 0, 0,
    ]);
    const gray16 = png({ ...half, bitDepth: 16, colorType: 0, rows: row(90, 17, 200, 0) });
    expect(near(await left(gray16), [90, 90, 90], 1)).toBe(true);
    const rgb16 = png({
      ...half,
      bitDepth: 16,
      colorType: 2,
      rows: row(10, 0, 120, 0, 230, 0, 0, 0, 0, 0, 0, 0),
    });
    expect(near(await left(rgb16), [10, 120, 230], 1)).toBe(true);
    const palette = Uint8Array.of(12, 34, 56, 255, 255, 255);
    expect(
      await left(png({ ...half, bitDepth: 8, colorType: 3, rows: row(0, 1), palette })),
    ).toEqual([12, 34, 56]);
  });
});

describe("what is transparent is white", () => {
  const size = { width: 40, height: 40 };
  const rowsOf = (pixel: number[]): Uint8Array[] =>
    Array.from({ length: 40 }, () =>
      Uint8Array.from({ length: 40 * pixel.length }, (_, i) => pixel[i % pixel.length] ?? 0),
    );

  test.each([40, 10])(
    "black at half opacity is grey, drawn %d pixels wide",
    async (longestSide) => {
      const rows = rowsOf([0, 0, 0, 128]);
      const bytes = png({ ...size, bitDepth: 8, colorType: 6, rows });
      const page = await decode("png", bytes, { longestSide, format: "bmp" });
      expect(near(colourAt(await pixelsOf(page), 5, 5), [127, 127, 127], 1)).toBe(true);
    },
  );

  test("a fully transparent image is blank", async () => {
    const bytes = png({ ...size, bitDepth: 8, colorType: 6, rows: rowsOf([9, 200, 30, 0]) });
    const page = await decode("png", bytes);
    expect(page.blank).toBe(true);
    expect(colourAt(await pixelsOf(page), 0, 0)).toEqual([255, 255, 255]);
  });

  test("16-bit grey with alpha, and a transparent palette entry", async () => {
    const rows = rowsOf([0, 0, 64, 0]);
    const gray = await decode("png", png({ ...size, bitDepth: 16, colorType: 4, rows }));
    expect(near(colourAt(await pixelsOf(gray), 0, 0), [191, 191, 191], 2)).toBe(true);
    const palette = Uint8Array.of(0, 0, 0);
    const transparency = Uint8Array.of(0);
    const indexed = png({
      ...size,
      bitDepth: 8,
      colorType: 3,
      rows: rowsOf([0]),
      palette,
      transparency,
    });
    expect(colourAt(await pixelsOf(await decode("png", indexed)), 0, 0)).toEqual([255, 255, 255]);
  });

  test("no dark seam is left around white paper on nothing", async () => {
    const rows = Array.from({ length: 40 }, () =>
      Uint8Array.from({ length: 160 }, (_, i) => (i < 80 ? 255 : 0)),
    );
    const bytes = png({ ...size, bitDepth: 8, colorType: 6, rows });
    expect((await decode("png", bytes, { longestSide: 13, format: "bmp" })).blank).toBe(true);
  });
});

describe("an uploaded JPEG", () => {
  const jpegProfile: ImageProfile = { longestSide: 2000, format: "jpeg" };

  test("that fits goes on as it is, without its metadata", async () => {
    const jpeg = await encodeImage(textPixels(["Hello"]), "jpeg");
    const comment = concatBytes([Uint8Array.of(0xff, 0xfe, 0, 12), latin1("secret ten")]);
    const tagged = concatBytes([jpeg.subarray(0, 2), comment, jpeg.subarray(2), latin1("trailer")]);
    const page = await decode("jpeg", withExifOrientation(tagged, 1), jpegProfile);
    expect(page.source).toBe("passed-through");
    expect(Buffer.from(page.image.bytes).equals(jpeg)).toBe(true);
    const { width, height } = await new Bun.Image(jpeg).metadata();
    expect([page.image.width, page.image.height]).toEqual([width, height]);
  });

  test("in several scans goes on whole", async () => {
    const bytes = await encodeImage(textPixels(["Hello"]), "bmp");
    const jpeg = await new Bun.Image(bytes).jpeg({ progressive: true }).bytes();
    const page = await decode("jpeg", jpeg, jpegProfile);
    expect(page.source).toBe("passed-through");
    expect(Buffer.from(page.image.bytes).equals(jpeg)).toBe(true);
  });

  test("that is too large, turned, or cut off is drawn anew", async () => {
    const jpeg = await encodeImage(textPixels(["Hello"]), "jpeg");
    const small = await decode("jpeg", jpeg, { ...jpegProfile, longestSide: 600 });
    expect([small.source, small.image.width]).toEqual(["rendered", 600]);
    const turned = await decode("jpeg", withExifOrientation(jpeg, 6), jpegProfile);
    expect([turned.source, turned.image.height]).toEqual(["rendered", 1190]);
    const cut = await decode("jpeg", jpeg.subarray(0, jpeg.length * 0.8), jpegProfile);
    expect(cut.source).toBe("rendered");
  });

  test("of one colour is blank, and of one full stop is not", async () => {
    for (const [lines, blank] of [
      [[], true],
      [["."], false],
    ] as const) {
      const jpeg = await encodeImage(textPixels(lines), "jpeg");
      for (const format of ["jpeg", "bmp", "png"] as const) {
        expect((await decode("jpeg", jpeg, { longestSide: 2000, format })).blank).toBe(blank);
      }
    }
  });
});

test("a GIF whose frame lies outside its canvas is refused", () => {
  const bytes = gif(quarters());
  // The width of the canvas; the frame keeps its own.
  bytes[6] = 8;
  expect(decode("gif", bytes)).rejects.toThrow("damaged");
});

test.each<[DrawnFormat & ImageRequest["type"], number]>([
  ["png", 40],
  ["jpeg", 200],
  ["webp", 40],
  ["gif", 40],
  // Its rows come from below, where the picture is white.
  ["bmp", 100_000],
])("a %s that was cut off before its first writing is damaged, not blank", async (type, bytes) => {
  const image = await encodeImage(textPixels(["Hello"]), type);
  expect(decode(type, image.subarray(0, bytes))).rejects.toThrow(/./);
});
