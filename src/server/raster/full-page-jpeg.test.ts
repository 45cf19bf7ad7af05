import { afterAll, describe, expect, test } from "bun:test";
import * as mupdf from "mupdf";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixelsOfPage } from "../../../tests/fixtures/page-pixels.ts";
import { encodeImage, textPixels, withExifOrientation } from "../../../tests/fixtures/images.ts";
import { type ImagePage, imagePdf, scanPdf, textPdf } from "../../../tests/fixtures/pdf.ts";
import type { ImageProfile } from "../page-image.ts";
import type { Bitmap } from "./bitmap.ts";
import { drawPage } from "./draw-page.ts";
import { findFullPageJpeg } from "./full-page-jpeg.ts";
import { renderTask } from "./run-task.ts";
import type { RenderedPage } from "./task.ts";

const directory = await mkdtemp(join(tmpdir(), "full-page-jpeg-"));
let files = 0;

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function render(pdf: Uint8Array, profile: ImageProfile): Promise<RenderedPage> {
  const path = join(directory, `${files++}.pdf`);
  await Bun.write(path, pdf);
  const limits = { maxPages: 10, maxPixels: 50e6 };
  return await renderTask({
    kind: "render",
    source: { path, type: "pdf" },
    page: 1,
    limits,
    profile,
  });
}

function onFirstPage<T>(pdf: Uint8Array, work: (page: mupdf.Page) => T): T {
  const document = mupdf.Document.openDocument(pdf, "application/pdf");
  const page = document.loadPage(0);
  try {
    return work(page);
  } finally {
    page.destroy();
    document.destroy();
  }
}

const isFound = (pdf: Uint8Array): boolean =>
  onFirstPage(pdf, (page) => findFullPageJpeg(page) !== undefined);

async function pixelsOf({ image }: RenderedPage): Promise<Bitmap> {
  return await pixelsOfPage(image);
}

function meanDifference(a: Bitmap, b: Bitmap): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
  return sum / a.data.length;
}

const lines = ["The quick brown fox", "jumps over the lazy dog", "and comes back."];

async function jpegPage(more: Partial<ImagePage> = {}): Promise<ImagePage> {
  const pixels = textPixels(lines, 1);
  const { width, height } = pixels;
  const jpeg = await encodeImage(pixels, "jpeg");
  return { jpeg, width, height, components: 3, size: { width, height }, ...more };
}

describe("a page that is one JPEG", () => {
  test("goes on as that JPEG where it fits, and looks like the page drawn", async () => {
    const page = await jpegPage();
    const pdf = imagePdf([page]);
    const passed = await render(pdf, { longestSide: page.width, format: "jpeg" });
    expect(passed.source).toBe("passed-through");
    expect(Buffer.from(passed.image.bytes).equals(page.jpeg)).toBe(true);
    const drawn = onFirstPage(pdf, (loaded) => drawPage(loaded, page.width));
    expect(meanDifference(await pixelsOf(passed), drawn)).toBeLessThan(0.5);
  });

  test.each([0, 90, 180, 270] as const)(
    "looks like the page drawn when resized, with /Rotate %d",
    async (rotate) => {
      for (const gray of [false, true]) {
        const pdf = await scanPdf([lines], { rotate, gray });
        expect(isFound(pdf)).toBe(true);
        const drawn = onFirstPage(pdf, (page) => drawPage(page, 1000));
        for (const format of ["bmp", "jpeg", "png"] as const) {
          const page = await render(pdf, { longestSide: 1000, format });
          expect(page.source).toBe("rendered");
          expect(meanDifference(await pixelsOf(page), drawn)).toBeLessThan(2);
        }
      }
    },
  );

  test("is not turned by an EXIF tag that PDF does not know", async () => {
    const page = await jpegPage();
    const tagged = { ...page, jpeg: withExifOrientation(page.jpeg, 6) };
    const plain = await render(imagePdf([page]), { longestSide: 400, format: "bmp" });
    const turned = await render(imagePdf([tagged]), { longestSide: 400, format: "bmp" });
    expect(turned.image).toEqual(plain.image);
  });

  test("with invisible text over it still is one", async () => {
    const overlay = "BT 3 Tr /F1 12 Tf 20 20 Td (recognised before) Tj ET";
    expect(isFound(imagePdf([await jpegPage({ overlay })]))).toBe(true);
  });

  test("that is damaged is drawn by the renderer", async () => {
    const page = await jpegPage();
    const cut = { ...page, jpeg: page.jpeg.subarray(0, page.jpeg.length * 0.6) };
    const result = await render(imagePdf([cut]), { longestSide: page.width, format: "jpeg" });
    expect(result.source).toBe("rendered");
  });
});

describe("a page is drawn", () => {
  const cases: [what: string, more: Partial<ImagePage>][] = [
    ["visible text lies over the image", { overlay: "BT /F1 12 Tf 20 20 Td (stamp) Tj ET" }],
    ["a line lies over the image", { overlay: "0 0 m 100 100 l S" }],
    ["the image is drawn twice", { overlay: "q 50 0 0 50 0 0 cm /Im0 Do Q" }],
    ["the image's values are inverted", { imageEntries: "/Decode [1 0 1 0 1 0]" }],
    ["the image has a colour key", { imageEntries: "/Mask [0 9 0 9 0 9]" }],
    ["the pixels are not square", { size: { width: 300, height: 900 } }],
    ["the colour space is not what the JPEG has", { components: 1 }],
  ];
  test.each(cases)("where %s", async (_what, more) => {
    expect(isFound(imagePdf([await jpegPage(more)]))).toBe(false);
  });

  test("where it is digital text", () => {
    expect(isFound(textPdf([lines]))).toBe(false);
  });
});
