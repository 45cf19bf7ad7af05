/** What a child does for each task: the way from a file to a page. */
import { readFileSync } from "node:fs";
import type * as mupdf from "mupdf";
import { AppError } from "../errors.ts";
import type { ImageProfile } from "../page-image.ts";
import { upright } from "./bitmap.ts";
import { toBitmap } from "./bun-image.ts";
import { checkPixels, decodeImage, mayBeBlank, passThrough, shrunk } from "./decode-image.ts";
import { drawPage } from "./draw-page.ts";
import { JPEG_QUALITY, encodePage } from "./encode.ts";
import { failure, tooManyPages } from "./failures.ts";
import { type FullPageJpeg, findFullPageJpeg } from "./full-page-jpeg.ts";
import { type TiffPageSize, isBigTiff, tiffSizes } from "./image-size.ts";
import { withoutMetadata } from "./jpeg.ts";
import { type OpenDocument, OpenDocuments } from "./open-document.ts";
import type { OpenTask, OpenedDocument, RasterTask, RenderTask, RenderedPage } from "./task.ts";

/** Pages tried on opening, until one can be loaded. */
const PAGES_TRIED = 10;

const documents = new OpenDocuments();

export async function openTask(task: OpenTask): Promise<OpenedDocument> {
  const { type } = task.source;
  if (type !== "pdf" && type !== "tiff") return { pages: 1, first: await imagePage(task) };
  if (type === "tiff") checkTiff(task);
  const { maxPages } = task.limits;
  const opened = documents.get(task.source, maxPages);
  if (opened.pages < 1) throw failure("no_pages");
  if (opened.pages > maxPages) throw tooManyPages(maxPages);
  loadAnyPage(opened);
  return { pages: opened.pages };
}

export async function renderTask(task: RenderTask): Promise<RenderedPage> {
  const { source, page: number, limits, profile } = task;
  if (source.type !== "pdf" && source.type !== "tiff") return await imagePage(task);
  const tiff = source.type === "tiff" ? checkTiffPage(task) : undefined;
  const { document } = documents.get(source, limits.maxPages);
  const page = document.loadPage(number - 1);
  try {
    if (tiff) {
      const { width, height } = shrunk(tiff, profile.longestSide);
      // mupdf draws TIFF pages as they are stored.
      const bitmap = upright(drawPage(page, Math.max(width, height)), tiff.orientation);
      return await encodePage(bitmap, profile.format);
    }
    const scan = findFullPageJpeg(page);
    const encoded = scan && (await encodeScan(scan, profile));
    return encoded ?? (await encodePage(drawPage(page, profile.longestSide), profile.format));
  } finally {
    page.destroy();
  }
}

async function imagePage(task: RasterTask): Promise<RenderedPage> {
  const { source, limits, profile } = task;
  if (source.type === "pdf" || source.type === "tiff") throw failure("file_damaged");
  const bytes = readFileSync(source.path);
  return await decodeImage({ bytes, type: source.type, maxPixels: limits.maxPixels, profile });
}

/** @throws the last error where none of the first pages can be loaded. */
function loadAnyPage({ document, pages }: OpenDocument): void {
  let last: unknown;
  for (let index = 0; index < Math.min(pages, PAGES_TRIED); index++) {
    let page: mupdf.Page | undefined;
    try {
      page = document.loadPage(index);
      return;
    } catch (error) {
      last = error;
    } finally {
      page?.destroy();
    }
  }
  throw last;
}

function checkTiff({ source, limits }: OpenTask): void {
  const bytes = readFileSync(source.path);
  if (isBigTiff(bytes)) {
    throw new AppError("file_unsupported", "BigTIFF is not read. Save the file as a plain TIFF.");
  }
  const [first] = tiffSizes(bytes, 1);
  if (!first) throw failure("file_damaged");
  checkPixels(first, limits.maxPixels);
}

/** Of the page alone that is drawn: the next ones may be larger than is allowed. */
function checkTiffPage({ source, page, limits }: RenderTask): TiffPageSize {
  const size = tiffSizes(readFileSync(source.path), page)[page - 1];
  if (!size) throw failure("page_unreadable");
  checkPixels(size, limits.maxPixels);
  return size;
}

/** @returns undefined where the JPEG turns out to be damaged, and mupdf may make more of it. */
async function encodeScan(
  { jpeg, rotation }: FullPageJpeg,
  profile: ImageProfile,
): Promise<RenderedPage | undefined> {
  const onSide = rotation === 90 || rotation === 270;
  const turned = onSide ? { width: jpeg.height, height: jpeg.width } : jpeg;
  const target = shrunk(turned, profile.longestSide);
  const fits = rotation === 0 && target.width === jpeg.width && target.height === jpeg.height;
  const picture = (): Bun.Image => new Bun.Image(withoutMetadata(jpeg), { autoOrient: false });
  try {
    if (profile.format === "jpeg" && fits) return await passThrough(jpeg, picture);
    const { width, height } = target;
    const image = picture().rotate(rotation).resize(width, height);
    if (profile.format !== "jpeg" || mayBeBlank(jpeg)) {
      return await encodePage((await toBitmap(image)).bitmap, profile.format);
    }
    const bytes = await image.jpeg({ quality: JPEG_QUALITY }).bytes();
    return {
      blank: false,
      source: "rendered",
      image: { bytes, mime: "image/jpeg", width, height },
    };
  } catch {
    return undefined;
  }
}
