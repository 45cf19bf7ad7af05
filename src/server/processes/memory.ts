/** Resident memory of another process. */
import { readFileSync } from "node:fs";

/** From /proc/<pid>/statm, whose second field counts resident pages. */
const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;

/** MiB resident, or undefined where the process is gone or the system has no /proc. */
export function residentMb(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return Number.isFinite(pages) ? (pages * PAGE_BYTES) / MIB : undefined;
  } catch {
    return undefined;
  }
}
