/** What has to survive a power cut, not only a crash. */
import { open } from "node:fs/promises";

/** A file, or the names in a folder: on disk when this resolves. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
