/** The raster's child process: opens files and draws pages, one task at a time. */
import * as mupdf from "mupdf";
import { residentMb } from "../processes/memory.ts";
import { serveTasks } from "../processes/child-main.ts";
import { damagesModule, decoderFailure } from "./failures.ts";
import { openTask, renderTask } from "./run-task.ts";
import type { RasterResult, RasterTask } from "./task.ts";

async function run(task: RasterTask): Promise<RasterResult> {
  try {
    return task.kind === "open"
      ? { kind: "opened", document: await openTask(task) }
      : { kind: "rendered", page: await renderTask(task) };
  } catch (error) {
    throw decoderFailure(task.kind === "open" ? "open" : "page", error);
  }
}

/** WASM memory never shrinks: a child that kept this much would fail the next page for the last. */
const wornMb = Number(process.argv[2]) / 2;

// Warnings about damaged files are the file's business, not the log's.
mupdf.setLog(() => {});
serveTasks(run, {
  recycleAfterError: damagesModule,
  recycleAfterResult: () => (residentMb(process.pid) ?? 0) > wornMb,
});
