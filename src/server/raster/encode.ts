/** Pixels in the form that an engine asks for. */
import type { ImageProfile } from "../page-image.ts";
import { type Bitmap, isBlank, isGray, toBmp, toGreyBmp } from "./bitmap.ts";
import { toPng } from "./png-writer.ts";
import { Scratch } from "./scratch.ts";
import type { RenderedPage } from "./task.ts";

/** Above this, text gains nothing; below, thin strokes get halos. */
export const JPEG_QUALITY = 90;

/** A process encodes one page at a time. */
const scratch = new Scratch();

/** @param output where to put a BMP, valid until the next page; memory of its own where left out. */
export async function encodePage(
  bitmap: Bitmap,
  format: ImageProfile["format"],
  output?: Scratch,
): Promise<RenderedPage> {
  const { width, height } = bitmap;
  const common = { blank: isBlank(bitmap), source: "rendered" as const };
  switch (format) {
    case "bmp":
      return {
        ...common,
        image: { bytes: toPlainBmp(bitmap, output), mime: "image/bmp", width, height },
      };
    case "png":
      return { ...common, image: { bytes: toPng(bitmap), mime: "image/png", width, height } };
    case "jpeg": {
      // Bun.Image encodes off-thread and several times as fast as mupdf; a BMP is pixels to it.
      const bytes = await new Bun.Image(toBmp(bitmap, scratch))
        .jpeg({ quality: JPEG_QUALITY })
        .bytes();
      return { ...common, image: { bytes, mime: "image/jpeg", width, height } };
    }
  }
  return format satisfies never;
}

/** Most documents are grey, and go from process to process in a third of the bytes. */
function toPlainBmp(bitmap: Bitmap, output: Scratch | undefined): Uint8Array<ArrayBuffer> {
  return isGray(bitmap) ? toGreyBmp(bitmap, output) : toBmp(bitmap, output);
}
