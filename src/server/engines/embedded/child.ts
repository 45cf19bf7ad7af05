/** The built-in engine's child process: one page at a time on one thread. */
import { serveTasks } from "../../processes/child-main.ts";
import { findModelFiles } from "./model-files.ts";
import { loadModels } from "./models.ts";
import { readPage } from "./read-page.ts";
import type { ReadProgress, ReadResult, ReadTask } from "./task.ts";

const models = await loadModels(findModelFiles(process.argv[2]));
serveTasks<ReadTask, ReadProgress, ReadResult>(
  async ({ image, languages }, { progress, signal }) =>
    await readPage(models, image, progress, signal, languages),
);
