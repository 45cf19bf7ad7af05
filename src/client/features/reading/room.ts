/** What the parts of the reading room share. All of it stays the same as long as the job does. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Document, Job } from "../../../shared/jobs.ts";
import type { LiveJob } from "../../lib/live-job.ts";
import type { Place } from "./place.ts";
import { type PageLook, lookOf } from "./progress.ts";
import type { RenderedText } from "./rendered-text.ts";
import type { WordLight } from "./word-light.ts";
import type { Span, Word } from "./words.ts";

export type TextView = "markdown" | "plain" | "raw";
export const textViews = ["markdown", "plain", "raw"] as const;

/** The text of a page as it stands on the screen, with its words. */
export interface ShownText {
  rendered: RenderedText;
  words: readonly Word[];
  placed: readonly (Span | undefined)[];
}

export interface Room {
  document: Document;
  job: Job;
  live: LiveJob | undefined;
  place: Place;
  light: WordLight;
  /** Of the pages that are on the screen, or near it. */
  shown: Map<number, ShownText>;
  /** The page whose text somebody edits. */
  editing: number | undefined;
  edit: (page: number | undefined) => void;
  /** Opens the dialog that reads a page again. */
  retry: (page: number) => void;
  view: TextView;
  /** Whether words that the engine is not sure of are marked. */
  hasDoubts: boolean;
}

const Context = createContext<Room | undefined>(undefined);
export const RoomProvider = Context.Provider;

export function useRoom(): Room {
  const room = use(Context);
  if (!room) throw new Error("useRoom outside of the reading room");
  return room;
}

/** Renders again only when the look changes, not with every piece of text. */
export function usePageLook(live: LiveJob | undefined, page: number): PageLook {
  return useSyncExternalStore(
    (listener) => live?.listen(page, listener) ?? (() => {}),
    () => lookOf(live?.page(page)),
  );
}
