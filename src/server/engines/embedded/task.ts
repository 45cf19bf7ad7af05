/** What the engine and its child processes say to each other. */
import type { Line } from "../../../shared/ocr-events.ts";
import type { PageImage } from "../../page-image.ts";
import type { LatinLanguage } from "./latin/function-words.ts";

export interface ReadTask {
  image: PageImage;
  /** Whose accents are read; English and Chinese always are. */
  languages: readonly LatinLanguage[];
}

/** A piece of the page's text, never empty. */
export type ReadProgress = string;

export interface ReadResult {
  lines: Line[];
  /** Mean of the page's characters, 0–1; undefined where it has none. */
  confidence: number | undefined;
}
