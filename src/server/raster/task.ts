/** What the raster and its child processes say to each other, and the types of the raster's API. */
import type { FileType } from "../../shared/file-types.ts";
import type { ImageProfile, PageImage } from "../page-image.ts";

export interface DocumentSource {
  /** A file of the server's own, which nobody changes while it is read. */
  path: string;
  type: FileType;
  password?: string;
}

export interface OpenLimits {
  maxPages: number;
  /** Of one image as it is stored; looked up in its header before anything is decoded. */
  maxPixels: number;
}

export interface RenderedPage {
  image: PageImage;
  /** True only where every pixel has the same colour, give or take a hair. */
  blank: boolean;
  /** `passed-through`: the very JPEG of the file, without its metadata. */
  source: "rendered" | "passed-through";
}

export interface OpenedDocument {
  pages: number;
  /** The page of an image that has just one: it had to be decoded to know that it can be. */
  first?: RenderedPage;
}

interface TaskBase {
  source: DocumentSource;
  limits: OpenLimits;
  profile: ImageProfile;
}

export interface OpenTask extends TaskBase {
  kind: "open";
}

export interface RenderTask extends TaskBase {
  kind: "render";
  /** From 1. */
  page: number;
}

export type RasterTask = OpenTask | RenderTask;

export type RasterResult =
  | { kind: "opened"; document: OpenedDocument }
  | { kind: "rendered"; page: RenderedPage };
