/** The pixels that the engines are given: the first page of a document. */
import { sniffFileType } from "../../src/server/documents/sniff.ts";
import type { ImageProfile, PageImage } from "../../src/server/page-image.ts";
import type { Raster } from "../../src/server/raster/raster.ts";
import type { TruthDocument } from "./truth.ts";

const limits = { maxPages: 100, maxPixels: 200e6 };
const { signal } = new AbortController();

export async function drawDocument(
  raster: Raster,
  { path }: TruthDocument,
  profile: ImageProfile,
): Promise<PageImage> {
  const type = sniffFileType(await Bun.file(path).slice(0, 2048).bytes());
  if (!type) throw new Error(`${path} cannot be read.`);
  return (await raster.render({ path, type }, 1, limits, profile, signal)).image;
}
