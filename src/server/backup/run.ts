/** Makes a backup in a process of its own, which can be killed at any moment. */
import { join } from "node:path";
import { childEnvironment } from "../processes/environment.ts";
import { BackupError } from "./backup-error.ts";
import type { FromBackupChild } from "./child.ts";
import type { BackupReport, BackupTask } from "./create.ts";
import { lockFolder, removeUnfinished } from "./folder.ts";
import type { OnProgress } from "./progress.ts";

/**
 * @param signal kills it; nothing of it is left then.
 * @throws BackupError, and the reason of the signal.
 */
export async function runBackup(
  task: BackupTask,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<BackupReport> {
  signal.throwIfAborted();
  let last: FromBackupChild | undefined;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "child.ts")], {
    env: childEnvironment(),
    stdio: ["ignore", "ignore", "inherit"],
    serialization: "advanced",
    ipc(message: FromBackupChild) {
      last = message;
      if (message.type === "progress" && !signal.aborted) onProgress(message.progress);
    },
  });
  const kill = (): void => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    child.send(task);
    await child.exited;
  } finally {
    signal.removeEventListener("abort", kill);
  }
  if (last?.type === "done") return last.report;
  if (last?.type === "failed") throw new BackupError(last.message);
  await cleanUp(task.folder);
  signal.throwIfAborted();
  throw new BackupError("The process that made the backup was killed. Nothing of it is left.");
}

/** What a process that was killed has left. Where another one is at work, that one has done so. */
async function cleanUp(folder: string): Promise<void> {
  try {
    using _lock = lockFolder(folder);
    await removeUnfinished(folder);
  } catch {
    // The next backup cleans up in any case.
  }
}
