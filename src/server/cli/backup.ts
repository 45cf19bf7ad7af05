/** `my-ocr backup` and `my-ocr restore`: all that a server keeps, beside it while it runs. */
import { resolve } from "node:path";
import { sizeOf } from "../backup/manifest.ts";
import { restoreBackup } from "../backup/restore.ts";
import { runBackup } from "../backup/run.ts";
import { verifyBackup } from "../backup/verify.ts";
import { dataPlaces, parseConfig } from "../config.ts";
import { EXIT, UsageError } from "./failures.ts";
import { StageLine } from "./stage-line.ts";
import { say } from "./terminal.ts";

export interface BackupOptions {
  keep?: number;
  verify?: string;
}

const MB = 1_000_000;

/**
 * Makes one, or checks one; prints where it is.
 *
 * @returns the exit code. @throws UsageError, BackupError, ConfigError.
 */
export async function backup(
  folder: string | undefined,
  { keep, verify }: BackupOptions,
  signal: AbortSignal,
): Promise<number> {
  if (verify !== undefined) {
    if (folder !== undefined || keep !== undefined) {
      throw new UsageError("--verify takes the backup's folder, and nothing else.");
    }
    return await check(resolve(verify), signal);
  }
  const config = parseConfig(process.env);
  const into = folder ?? config.BACKUP_DIR;
  if (into === undefined) {
    throw new UsageError("Say where to: my-ocr backup FOLDER, or set BACKUP_DIR.");
  }
  using line = new StageLine(process.stderr);
  const task = {
    places: dataPlaces(config),
    folder: resolve(into),
    ...(keep !== undefined && { keep }),
  };
  const made = await runBackup(task, signal, (progress) => line.show(progress));
  line[Symbol.dispose]();
  process.stdout.write(`${made.path}\n`);
  say(`${made.documents} documents, ${sizeInWords(made.bytes)}, checked.`);
  if (made.lost === 0) return EXIT.ok;
  say(lostInWords(made.lost));
  return EXIT.failed;
}

async function check(path: string, signal: AbortSignal): Promise<number> {
  using line = new StageLine(process.stderr);
  const manifest = await verifyBackup(path, (progress) => line.show(progress), signal);
  line[Symbol.dispose]();
  const { version, createdAt, files } = manifest;
  process.stdout.write(
    `The backup is whole: ${files.length} files, ${sizeInWords(sizeOf(manifest))}, made at ${createdAt} by My OCR ${version}.\n`,
  );
  return EXIT.ok;
}

/** @returns the exit code. @throws BackupError, InstanceLockedError, DatabaseTooNewError. */
export async function restore(
  path: string,
  { force = false }: { force?: boolean },
  signal: AbortSignal,
): Promise<number> {
  const places = dataPlaces(parseConfig(process.env));
  using line = new StageLine(process.stderr);
  const { manifest, aside } = await restoreBackup({
    places,
    backup: resolve(path),
    isForced: force,
    signal,
    onProgress: (progress) => line.show(progress),
  });
  line[Symbol.dispose]();
  for (const folder of aside) say(`What was there is in ${folder} now.`);
  if (manifest.lost.length > 0) say(lostInWords(manifest.lost.length));
  const documents = manifest.rows["documents"] ?? 0;
  process.stdout.write(
    `Restored to ${places.dataDirectory}: ${documents} documents, as they were at ${manifest.createdAt}. Start the server.\n`,
  );
  return EXIT.ok;
}

function lostInWords(count: number): string {
  return `The files of ${count} documents are lost or damaged on the server, and not in the backup.`;
}

function sizeInWords(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
