/**
 * A job as it stands, for whoever cannot go on from a place in its log. It leaves in parts, and
 * nothing is kept between them but where the reader is: one that stalls holds a part, not the texts.
 */
import type { JobEvent } from "../../shared/job-events.ts";
import type { Job, JobPage } from "../../shared/jobs.ts";
import { charsOf } from "./event-log.ts";
import type { RunningText } from "./run.ts";
import type { JobStore } from "./store.ts";

export interface StateSource {
  store: JobStore;
  /** Of the pages that are being read now. */
  texts: () => ReadonlyMap<number, RunningText>;
}

/** About what leaves at once, in characters; a longer text is cut. */
const PART_CHARS = 64 * 1024;

/** How the job stands, without its pages. */
export function jobEvent({ state, pages, donePages, failedPages }: Job): JobEvent {
  return { type: "job", state, pages, donePages, failedPages };
}

/** Every page in order, each as it is when its turn comes, with its text. */
export async function* currentState(
  source: StateSource,
  jobId: string,
): AsyncGenerator<JobEvent[], void, undefined> {
  let part: JobEvent[] = [];
  let chars = 0;
  for (const page of await source.store.pages(jobId)) {
    for await (const event of pageState(source, jobId, page)) {
      part.push(event);
      chars += charsOf(event);
      if (chars < PART_CHARS) continue;
      yield part;
      part = [];
      chars = 0;
    }
  }
  if (part.length > 0) yield part;
}

/** Where a page's text is, for as long as nothing new happens to the page. */
interface Text {
  page: JobPage;
  /** All of it, or undefined where it is not there any more; left out where there is none. */
  read?: () => Promise<string | undefined>;
}

async function* pageState(
  source: StateSource,
  jobId: string,
  listed: JobPage,
): AsyncGenerator<JobEvent, void, undefined> {
  let isWhole = false;
  while (!isWhole) {
    const { page, read } = await textOf(source, jobId, listed);
    yield { type: "page", ...page };
    isWhole = !read || (yield* textParts(page, read));
  }
}

async function textOf(source: StateSource, jobId: string, listed: JobPage): Promise<Text> {
  const { store, texts } = source;
  const number = listed.page;
  const live = texts().get(number);
  if (live) {
    const { attempt } = live;
    const page: JobPage = { ...listed, state: "running", attempt };
    const read = async (): Promise<string | undefined> => {
      const now = texts().get(number);
      return now?.attempt === attempt ? now.text : undefined;
    };
    return { page, read };
  }
  const hasEnded = listed.state === "running";
  const page = (hasEnded ? await store.page(jobId, number) : undefined) ?? listed;
  // One that begins in this very moment has no text yet, only that of an earlier attempt.
  if (page.version === 0 || page.state === "running") return { page };
  const read = async (): Promise<string | undefined> =>
    (await store.version(jobId, number, page.version))?.text ?? "";
  return { page, read };
}

/** @returns whether that was all of it; otherwise something has happened to the page. */
async function* textParts(
  { page, attempt }: JobPage,
  read: NonNullable<Text["read"]>,
): AsyncGenerator<JobEvent, boolean, undefined> {
  for (let offset = 0; ; offset += PART_CHARS) {
    const text = await read();
    if (text === undefined) return false;
    const part = copyOf(text.slice(offset, offset + PART_CHARS));
    const isLast = offset + PART_CHARS >= text.length;
    yield offset === 0
      ? { type: "text", page, attempt, text: part }
      : { type: "delta", page, attempt, offset, delta: part };
    if (isLast) return true;
  }
}

/** A part of a string keeps the whole in memory; its copy does not. Surrogates may be cut. */
function copyOf(part: string): string {
  return Buffer.from(part, "utf16le").toString("utf16le");
}
