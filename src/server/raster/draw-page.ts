/** One page drawn by mupdf, on white, at just the size that is asked for. */
import * as mupdf from "mupdf";
import { type Bitmap, fitLongestSide, isBlank } from "./bitmap.ts";
import { damagesModule } from "./failures.ts";
import { Scratch } from "./scratch.ts";

/** Points. Boxes larger or smaller than any paper are cut to this, so that no scale overflows. */
const LARGEST_SIDE = 1e6;
const SMALLEST_SIDE = 1e-3;

/** A process draws one page at a time. */
const drawn = new Scratch();

function clampSide(side: number): number {
  return Number.isFinite(side) ? Math.min(LARGEST_SIDE, Math.max(SMALLEST_SIDE, side)) : 1;
}

/**
 * The bitmap is valid until the next page is drawn.
 *
 * Annotations and form fields are drawn, too; scripts, links and attachments are left alone.
 *
 * @param longest pixels of the longer side.
 * @throws Error of mupdf where nothing at all could be drawn. A page that breaks off in the middle
 *   is returned as far as it got.
 */
export function drawPage(page: mupdf.Page, longest: number): Bitmap {
  const [left, top, right, bottom] = page.getBounds();
  const pageWidth = clampSide(right - left);
  const pageHeight = clampSide(bottom - top);
  const { width, height } = fitLongestSide(pageWidth, pageHeight, longest);
  const scaleX = width / pageWidth;
  const scaleY = height / pageHeight;
  const pixmap = new mupdf.Pixmap(mupdf.ColorSpace.DeviceBGR, [0, 0, width, height], false);
  try {
    pixmap.clear(255);
    const failed = run(page, pixmap, [scaleX, 0, 0, scaleY, -left * scaleX, -top * scaleY]);
    const bitmap = copyPixels(pixmap, width, height);
    if (failed !== undefined && (damagesModule(failed) || isBlank(bitmap))) throw failed;
    return bitmap;
  } finally {
    pixmap.destroy();
  }
}

/** @returns what mupdf threw, if anything. */
function run(page: mupdf.Page, pixmap: mupdf.Pixmap, matrix: mupdf.Matrix): Error | undefined {
  const device = new mupdf.DrawDevice(matrix, pixmap);
  try {
    page.run(device, mupdf.Matrix.identity);
    device.close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    device.destroy();
  }
}

function copyPixels(pixmap: mupdf.Pixmap, width: number, height: number): Bitmap {
  const stride = pixmap.getStride();
  const pixels = pixmap.getPixels();
  const row = width * 3;
  const data = drawn.take(row * height);
  if (stride === row) {
    data.set(pixels.subarray(0, row * height));
    return { width, height, data };
  }
  for (let y = 0; y < height; y++) {
    data.set(pixels.subarray(y * stride, y * stride + row), y * row);
  }
  return { width, height, data };
}
