/**
 * Pages as pictures for people. Drawing them shares the raster's processes with recognition, so few
 * are drawn at once, whoever asks, and users take turns.
 */
import type { Principal } from "../auth/principal.ts";
import type { DocumentLibrary } from "../documents/library.ts";
import { createLimiter } from "../engines/limiter.ts";
import { AppError } from "../errors.ts";
import type { PageImage } from "../page-image.ts";
import type { OpenLimits, Raster } from "../raster/raster.ts";

/** Beside it one for whoever has none: see the limiter. A user alone has one picture at a time. */
const AT_ONCE = 1;

export interface PictureTools {
  library: DocumentLibrary;
  raster: Raster;
  openLimits: OpenLimits;
}

export class Pictures {
  readonly #tools: PictureTools;
  readonly #limiter = createLimiter(AT_ONCE);

  constructor(tools: PictureTools) {
    this.#tools = tools;
  }

  /**
   * What names the picture: a page never changes.
   *
   * @throws AppError document_not_found, page_not_found.
   */
  tag({ userId }: Principal, documentId: string, page: number, longestSide: number): string {
    const { id, pages } = this.#tools.library.get(userId, documentId);
    if (page <= pages) return `${id}-${page}-${longestSide}`;
    throw new AppError("page_not_found", `The document has ${pages} pages, and no page ${page}.`);
  }

  /**
   * @param page from 1.
   * @param longestSide in pixels; scans with fewer are not enlarged.
   * @throws AppError document_not_found, page_not_found, blob_missing, page_unreadable,
   *   page_timeout, page_memory, too_many_pixels; the signal's reason after an abort.
   */
  async draw(
    principal: Principal,
    documentId: string,
    page: number,
    longestSide: number,
    signal: AbortSignal,
  ): Promise<PageImage> {
    this.tag(principal, documentId, page, longestSide);
    const { library, raster, openLimits } = this.#tools;
    using _ = await this.#limiter.acquire(signal, { userId: principal.userId, rank: 0 });
    await using document = await library.open(documentId);
    const profile = { longestSide, format: "jpeg" as const };
    const drawn = await raster.render(document.source, page, openLimits, profile, signal);
    return drawn.image;
  }
}
