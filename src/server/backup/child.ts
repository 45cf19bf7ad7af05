/** The process that makes one backup, so that the server goes on meanwhile. */
import { setPriority } from "node:os";
import { dieWithParent } from "../processes/parent-death.ts";
import { type BackupReport, type BackupTask, createBackup } from "./create.ts";
import type { BackupProgress } from "./progress.ts";

export type FromBackupChild =
  | { type: "progress"; progress: BackupProgress }
  | { type: "done"; report: BackupReport }
  | { type: "failed"; message: string };

/** A backup has time; requests have not. */
const NICENESS = 10;
const PROGRESS_EVERY_MS = 100;

function send(message: FromBackupChild): void {
  process.send?.(message);
}

async function run(task: BackupTask): Promise<void> {
  let stage = "";
  let sentAt = 0;
  const onProgress = (progress: BackupProgress): void => {
    const now = performance.now();
    if (progress.stage === stage && now - sentAt < PROGRESS_EVERY_MS) return;
    ({ stage } = progress);
    sentAt = now;
    send({ type: "progress", progress });
  };
  try {
    send({ type: "done", report: await createBackup(task, onProgress) });
  } catch (error) {
    send({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
}

dieWithParent();
setPriority(NICENESS);
// A terminal's Ctrl-C reaches children, too; when they end is the parent's to say.
process.on("SIGINT", () => {});
process.once("message", (task: BackupTask) => void run(task));
