/**
 * An uploaded image of one frame as a page. `Bun.Image` decodes what it can; CMYK, and files that it
 * gives up on, go to mupdf.
 */
import * as mupdf from "mupdf";
import { type FileType, fileTypes } from "../../shared/file-types.ts";
import { AppError } from "../errors.ts";
import type { ImageProfile } from "../page-image.ts";
import { fitLongestSide, isBlank, toBmp } from "./bitmap.ts";
import { isTooManyPixels, toBitmap } from "./bun-image.ts";
import { drawPage } from "./draw-page.ts";
import { JPEG_QUALITY, encodePage } from "./encode.ts";
import { failure, tooManyPixels } from "./failures.ts";
import { checkGifFrames } from "./gif-frames.ts";
import { type PixelSize, jp2Size } from "./image-size.ts";
import { type JpegHeader, readJpegHeader, withoutMetadata } from "./jpeg.ts";
import type { RenderedPage } from "./task.ts";

export interface ImageRequest {
  bytes: Uint8Array;
  type: Exclude<FileType, "pdf" | "tiff">;
  maxPixels: number;
  profile: ImageProfile;
}

/** @throws AppError too_many_pixels, file_damaged; Error of mupdf where it gives up as well. */
export async function decodeImage(request: ImageRequest): Promise<RenderedPage> {
  const { bytes, type, maxPixels, profile } = request;
  if (type === "gif") checkGifFrames(bytes);
  const jpeg = type === "jpeg" ? readJpegHeader(bytes) : undefined;
  const size = await imageSize(request);
  checkPixels(size, maxPixels);
  if (type === "jp2" || jpeg?.components === 4) return await drawImage(request, size);
  try {
    if (jpeg && profile.format === "jpeg") return await decodeToJpeg(request, jpeg);
    return await decodeToPixels(request, size);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return await drawImage(request, size);
  }
}

/** In pixels, as stored. Only headers are read. */
async function imageSize({ bytes, type, maxPixels }: ImageRequest): Promise<PixelSize> {
  if (type === "jp2") {
    const size = jp2Size(bytes);
    if (!size) throw failure("file_damaged");
    return size;
  }
  try {
    return await new Bun.Image(bytes, { maxPixels: Number.MAX_SAFE_INTEGER }).metadata();
  } catch (error) {
    if (isTooManyPixels(error)) throw tooManyPixels(0, 0, maxPixels);
    const image = new mupdf.Image(bytes);
    try {
      return { width: image.getWidth(), height: image.getHeight() };
    } finally {
      image.destroy();
    }
  }
}

export function checkPixels({ width, height }: PixelSize, maxPixels: number): void {
  if (width <= 0 || height <= 0) throw failure("file_damaged");
  if (width * height > maxPixels) throw tooManyPixels(width, height, maxPixels);
}

/** The picture's own size, or less where the engine wants less. Never more: nothing is gained. */
export function shrunk({ width, height }: PixelSize, longestSide: number): PixelSize {
  return fitLongestSide(width, height, Math.min(longestSide, Math.max(width, height)));
}

/** Orientations 5 to 8 lie on their side. */
function upright(size: PixelSize, orientation: number): PixelSize {
  return orientation >= 5 ? { width: size.height, height: size.width } : size;
}

async function decodeToJpeg(request: ImageRequest, jpeg: JpegHeader): Promise<RenderedPage> {
  const { bytes, maxPixels, profile } = request;
  const target = shrunk(upright(jpeg, jpeg.orientation), profile.longestSide);
  // A JPEG of one colour has next to no data. All others need no look at their pixels.
  if (mayBeBlank(jpeg)) return await decodeToPixels(request, jpeg);
  const untouched = target.width === jpeg.width && target.height === jpeg.height;
  if (untouched && jpeg.orientation === 1 && jpeg.common) {
    // Whoever gets the file as it is must be able to decode it.
    await new Bun.Image(bytes, { maxPixels }).resize(8, 8).bytes();
    return passedThrough(jpeg);
  }
  const image = new Bun.Image(bytes, { maxPixels }).resize(target.width, target.height);
  return {
    blank: false,
    source: "rendered",
    image: {
      bytes: await image.jpeg({ quality: JPEG_QUALITY }).bytes(),
      mime: "image/jpeg",
      ...target,
    },
  };
}

export function passedThrough(jpeg: JpegHeader): RenderedPage {
  const { width, height } = jpeg;
  return {
    blank: false,
    source: "passed-through",
    image: { bytes: withoutMetadata(jpeg), mime: "image/jpeg", width, height },
  };
}

/** Bits of one 8 x 8 block without any detail take in every common encoder, and some to spare. */
const FLAT_BLOCK_BITS = 16;

/** False for a JPEG that has more data than one of a single colour could have. */
export function mayBeBlank(jpeg: JpegHeader): boolean {
  const scans = jpeg.segments.at(-1)?.length ?? 0;
  const blocks = Math.ceil(jpeg.width / 8) * Math.ceil(jpeg.height / 8) * jpeg.components;
  return scans * 8 <= blocks * FLAT_BLOCK_BITS + 8 * 1024;
}

async function decodeToPixels(request: ImageRequest, size: PixelSize): Promise<RenderedPage> {
  const { bytes, maxPixels, profile } = request;
  const orientation = request.type === "jpeg" ? (readJpegHeader(bytes)?.orientation ?? 1) : 1;
  const target = shrunk(upright(size, orientation), profile.longestSide);
  const smaller = target.width * target.height < size.width * size.height;
  const image = new Bun.Image(bytes, { maxPixels });
  if (smaller) image.resize(target.width, target.height);
  const { bitmap, opaque } = await toBitmap(image);
  if (opaque || !smaller) return await encodePage(bitmap, profile.format);
  // Resizing mixes colours that nobody sees into the edges: flatten first, resize then.
  const full = await toBitmap(new Bun.Image(bytes, { maxPixels }));
  if (isBlank(full.bitmap)) return await encodePage(bitmap, profile.format);
  const flat = new Bun.Image(toBmp(full.bitmap), { maxPixels: Number.MAX_SAFE_INTEGER });
  const resized = await toBitmap(flat.resize(target.width, target.height));
  return await encodePage(resized.bitmap, profile.format);
}

async function drawImage(request: ImageRequest, size: PixelSize): Promise<RenderedPage> {
  const { bytes, type, profile } = request;
  const document = mupdf.Document.openDocument(bytes, fileTypes[type].mime);
  try {
    const page = document.loadPage(0);
    try {
      const longest = Math.min(profile.longestSide, Math.max(size.width, size.height));
      return await encodePage(drawPage(page, longest), profile.format);
    } finally {
      page.destroy();
    }
  } finally {
    document.destroy();
  }
}
