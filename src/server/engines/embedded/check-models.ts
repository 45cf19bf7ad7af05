/** Whether the models of a folder can be loaded: ends with exit code 0, or says why not. */
import { findModelFiles } from "./model-files.ts";
import { loadModels } from "./models.ts";

try {
  await loadModels(findModelFiles(process.argv[2]));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
