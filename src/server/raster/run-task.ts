/** What a child does for each task: the way from a file to a page. */
import { readFileSync } from "node:fs";
import type * as mupdf from "mupdf";
import type { ImageProfile } from "../page-image.ts";
import { upright } from "./bitmap.ts";
import { toBitmap } from "./bun-image.ts";
import { checkPixels, decodeImage, mayBeBlank, passThrough, shrunk } from "./decode-image.ts";
import { drawPage } from "./draw-page.ts";
import { JPEG_QUALITY, encodePage } from "./encode.ts";
import { failure, tooManyPages } from "./failures.ts";
import { type FullPageJpeg, findFullPageJpeg } from "./full-page-jpeg.ts";
import type { TiffPageSize } from "./image-size.ts";
import { withoutMetadata } from "./jpeg.ts";
import { type OpenDocument, OpenDocuments } from "./open-document.ts";
import type { Scratch } from "./scratch.ts";
import type { OpenTask, OpenedDocument, RasterTask, RenderTask, RenderedPage } from "./task.ts";

/** Pages tried on opening, until one can be loaded. */
const PAGES_TRIED = 10;

const documents = new OpenDocuments();

export async function openTask(task: OpenTask): Promise<OpenedDocument> {
  const { type } = task.source;
  if (type !== "pdf" && type !== "tiff") return { pages: 1, first: await imagePage(task) };
  const { maxPages, maxPixels } = task.limits;
  const opened = documents.get(task.source, maxPages);
  if (opened.pages < 1) throw failure("no_pages");
  if (opened.pages > maxPages) throw tooManyPages(maxPages);
  loadAnyPage(opened, (page) => {
    // mupdf decodes a TIFF page in order to load it.
    if (type === "tiff") checkPixels(tiffPage(opened, page), maxPixels);
  });
  return { pages: opened.pages };
}

/** @param output see `encodePage`. */
export async function renderTask(task: RenderTask, output?: Scratch): Promise<RenderedPage> {
  const { source, page: number, limits, profile } = task;
  if (source.type !== "pdf" && source.type !== "tiff") return await imagePage(task);
  const opened = documents.get(source, limits.maxPages);
  const tiff = source.type === "tiff" ? tiffPage(opened, number) : undefined;
  if (tiff) checkPixels(tiff, limits.maxPixels);
  const page = opened.document.loadPage(number - 1);
  try {
    if (tiff) {
      const { width, height } = shrunk(tiff, profile.longestSide);
      // mupdf draws TIFF pages as they are stored.
      const bitmap = upright(drawPage(page, Math.max(width, height)), tiff.orientation);
      return await encodePage(bitmap, profile.format, output);
    }
    const scan = findFullPageJpeg(page);
    const encoded = scan && (await encodeScan(scan, profile, output));
    if (encoded) return encoded;
    return await encodePage(drawPage(page, profile.longestSide), profile.format, output);
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

/**
 * @param check called with each page number, from 1, before it is loaded.
 * @throws the last error where none of the first pages can be loaded.
 */
function loadAnyPage({ document, pages }: OpenDocument, check: (page: number) => void): void {
  let last: unknown;
  for (let index = 0; index < Math.min(pages, PAGES_TRIED); index++) {
    let page: mupdf.Page | undefined;
    try {
      check(index + 1);
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

function tiffPage({ tiffPages }: OpenDocument, number: number): TiffPageSize {
  const page = tiffPages[number - 1];
  if (!page) throw failure("file_damaged");
  return page;
}

/** @returns undefined where the JPEG turns out to be damaged, and mupdf may make more of it. */
async function encodeScan(
  { jpeg, rotation }: FullPageJpeg,
  profile: ImageProfile,
  output: Scratch | undefined,
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
      return await encodePage((await toBitmap(image)).bitmap, profile.format, output);
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
