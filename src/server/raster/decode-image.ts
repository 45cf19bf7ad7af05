/**
 * An uploaded image of one frame as a page. `Bun.Image` decodes what it can; CMYK, and files that it
 * gives up on, go to mupdf.
 */
import * as mupdf from "mupdf";
import { type FileType, fileTypes } from "../../shared/file-types.ts";
import { AppError } from "../errors.ts";
import type { ImageProfile } from "../page-image.ts";
import { fitLongestSide, isBlank, toBmp } from "./bitmap.ts";
import { toBitmap } from "./bun-image.ts";
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
    if (jpeg && profile.format === "jpeg") return await decodeToJpeg(request, jpeg, size);
    return await decodeToPixels(request, size);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const page = await drawImage(request, size);
    // Of a file that was cut off before its pixels mupdf draws white paper.
    if (page.blank) throw failure("file_damaged");
    return page;
  }
}

/** Pixels of the upright picture. Only headers are read. */
async function imageSize({ bytes, type }: ImageRequest): Promise<PixelSize> {
  if (type === "jp2") {
    const size = jp2Size(bytes);
    if (!size) throw failure("file_damaged");
    return size;
  }
  try {
    return await new Bun.Image(bytes, { maxPixels: Number.MAX_SAFE_INTEGER }).metadata();
  } catch {
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

/** Room for colour profiles in the smallest images. */
const LEAST_PIXELS = 1_000_000;

/** Bun.Image inflates a PNG's comments only as far as its pixel limit: so none above what it needs. */
function pictureOf({ bytes }: ImageRequest, { width, height }: PixelSize): Bun.Image {
  return new Bun.Image(bytes, { maxPixels: Math.max(width * height, LEAST_PIXELS) });
}

async function decodeToJpeg(
  request: ImageRequest,
  jpeg: JpegHeader,
  size: PixelSize,
): Promise<RenderedPage> {
  const target = shrunk(size, request.profile.longestSide);
  const fits = target.width === jpeg.width && target.height === jpeg.height;
  if (fits && jpeg.orientation === 1 && jpeg.common) {
    return await passThrough(jpeg, () => pictureOf(request, size));
  }
  if (mayBeBlank(jpeg)) return await decodeToPixels(request, size);
  const image = pictureOf(request, size).resize(target.width, target.height);
  const bytes = await image.jpeg({ quality: JPEG_QUALITY }).bytes();
  return { blank: false, source: "rendered", image: { bytes, mime: "image/jpeg", ...target } };
}

/** @throws Error where the JPEG cannot be decoded: nobody gets what nobody can read. */
export async function passThrough(
  jpeg: JpegHeader,
  picture: () => Bun.Image,
): Promise<RenderedPage> {
  const { width, height } = jpeg;
  await picture().resize(8, 8).bytes();
  return {
    blank: mayBeBlank(jpeg) && isBlank((await toBitmap(picture())).bitmap),
    source: "passed-through",
    image: { bytes: withoutMetadata(jpeg), mime: "image/jpeg", width, height },
  };
}

/** Bits of one 8 x 8 block without any detail take in every common encoder, and some to spare. */
const FLAT_BLOCK_BITS = 16;

/**
 * False for a JPEG that has more data than one of a single colour could have: then there is no need
 * to look at its pixels.
 */
export function mayBeBlank(jpeg: JpegHeader): boolean {
  const scans = jpeg.segments.at(-1)?.length ?? 0;
  const blocks = Math.ceil(jpeg.width / 8) * Math.ceil(jpeg.height / 8) * jpeg.components;
  return scans * 8 <= blocks * FLAT_BLOCK_BITS + 8 * 1024;
}

/** Larger transparent images keep such edges, which at their size are hardly seen: memory matters more. */
const MOST_FLATTENED_PIXELS = 24e6;

async function decodeToPixels(request: ImageRequest, size: PixelSize): Promise<RenderedPage> {
  const { format, longestSide } = request.profile;
  const target = shrunk(size, longestSide);
  const smaller = target.width * target.height < size.width * size.height;
  const image = pictureOf(request, size);
  if (smaller) image.resize(target.width, target.height);
  const { bitmap, opaque } = await toBitmap(image);
  const done = opaque || !smaller || size.width * size.height > MOST_FLATTENED_PIXELS;
  if (done) return await encodePage(bitmap, format);
  // Resizing mixes colours that nobody sees into the edges: flatten first, resize then.
  const full = await toBitmap(pictureOf(request, size));
  const flat = new Bun.Image(toBmp(full.bitmap), { maxPixels: Number.MAX_SAFE_INTEGER });
  const resized = await toBitmap(flat.resize(target.width, target.height));
  return await encodePage(resized.bitmap, format);
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
