/** The raster's child process: opens files and draws pages, one task at a time. */
import * as mupdf from "mupdf";
import { collectGarbage } from "../processes/garbage.ts";
import { serveTasks } from "../processes/child-main.ts";
import { damagesModule, decoderFailure } from "./failures.ts";
import { openTask, renderTask } from "./run-task.ts";
import { Scratch } from "./scratch.ts";
import type { RasterResult, RasterTask } from "./task.ts";

/** A result has been sent before the next page is drawn. */
const output = new Scratch();

async function run(task: RasterTask): Promise<RasterResult> {
  try {
    return task.kind === "open"
      ? { kind: "opened", document: await openTask(task) }
      : { kind: "rendered", page: await renderTask(task, output) };
  } catch (error) {
    throw decoderFailure(task.kind === "open" ? "open" : "page", error);
  }
}

/** WASM memory never shrinks: a child that kept this much would fail the next page for the last. */
const wornMb = Number(process.argv[2]) / 2;
/** mupdf keeps fonts and pictures, up to 100 MB of them: worth it for fonts, for a few pages. */
const EMPTY_STORE_EVERY = 8;

let tasks = 0;

/** Keeps a long document from taking more memory than a short one; returns whether it took too much. */
function isWorn(): boolean {
  if (++tasks % EMPTY_STORE_EVERY === 0) mupdf.emptyStore();
  return collectGarbage(wornMb) > wornMb;
}

// Warnings about damaged files are the file's business, not the log's.
mupdf.setLog(() => {});
serveTasks(run, {
  recycleAfterError: damagesModule,
  recycleAfterResult: isWorn,
});
