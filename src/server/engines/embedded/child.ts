/** The built-in engine's child process: one page at a time on one thread. */
import { serveTasks } from "../../processes/child-main.ts";
import { collectGarbage } from "../../processes/garbage.ts";
import { findModelFiles } from "./model-files.ts";
import { loadModels } from "./models.ts";
import { readPage } from "./read-page.ts";
import type { ReadProgress, ReadResult, ReadTask } from "./task.ts";

/** After a page, this much is too near to the limit for the next one. */
const wornMb = Number(process.argv[2]) * 0.75;

const models = await loadModels(findModelFiles(process.argv[3]));
serveTasks<ReadTask, ReadProgress, ReadResult>(
  async ({ image, languages }, { progress, signal }) =>
    await readPage(models, image, progress, signal, languages),
  { recycleAfterResult: () => collectGarbage(wornMb) > wornMb },
);
