/**
 * From a spooled file to a document whose pages can be drawn. Everything that is wrong with the
 * file as a whole is said here, before a stream starts.
 */
import { readableTypes } from "../../shared/file-types.ts";
import { AppError } from "../errors.ts";
import type { ImageProfile } from "../page-image.ts";
import type { DocumentSource, OpenLimits, Raster, RenderedPage } from "../raster/raster.ts";
import { readPageRanges, selectFrom } from "./page-selection.ts";
import type { Upload } from "./receive-upload.ts";
import { SNIFF_BYTES, sniffFileType } from "./sniff.ts";

export interface OpenedUpload {
  source: DocumentSource;
  /** Size of the file. */
  bytes: number;
  /** Pages of the document. */
  pages: number;
  /** The pages to read, ascending, counted from 1. */
  selected: number[];
  /**
   * Draws one page.
   *
   * @throws AppError page_unreadable, page_timeout, page_memory, too_many_pixels.
   */
  render(page: number, profile: ImageProfile, signal: AbortSignal): Promise<RenderedPage>;
}

/** Documents with more are refused even where only a few pages are asked for: counting has a price. */
export const MOST_PAGES = 100_000;

/**
 * @param limits `maxPages` of these may be read; the document may have more.
 * @param profile of the engine that will read: a single image is drawn while it is opened.
 * @throws AppError file_unsupported, file_damaged, password_needed, password_wrong, no_pages,
 *   too_many_pages, too_many_pixels, open_timeout, open_memory, pages_invalid, pages_out_of_range.
 */
export async function openUpload(
  upload: Upload,
  raster: Raster,
  limits: OpenLimits,
  profile: ImageProfile,
  signal: AbortSignal,
): Promise<OpenedUpload> {
  const ranges = readPageRanges(upload.fields.get("pages"));
  const source = await identify(upload);
  const structure = { ...limits, maxPages: MOST_PAGES };
  const opened = await raster.open(source, structure, profile, signal);
  const selected = selectFrom(ranges, opened.pages, limits.maxPages);
  let { first } = opened;
  return {
    source,
    bytes: upload.bytes,
    pages: opened.pages,
    selected,
    async render(page, pageProfile, pageSignal) {
      const drawn = page === 1 && pageProfile === profile ? first : undefined;
      // Used once: the picture must not stay in memory as long as the document.
      first = undefined;
      return drawn ?? (await raster.render(source, page, structure, pageProfile, pageSignal));
    },
  };
}

async function identify(upload: Upload): Promise<DocumentSource> {
  const head = await Bun.file(upload.path).slice(0, SNIFF_BYTES).bytes();
  const type = sniffFileType(head);
  if (!type) {
    throw new AppError(
      "file_unsupported",
      `This kind of file cannot be read. Send one of these: ${readableTypes}.`,
    );
  }
  const password = upload.fields.get("password");
  return { path: upload.path, type, ...(password && { password }) };
}
