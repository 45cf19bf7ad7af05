/** For children whose tasks leave much behind that weighs little to the collector: pictures. */
import { residentMb } from "./memory.ts";

/** Growth in MiB after which the collector is called: by itself it comes hundreds of MB later. */
const GARBAGE_MB = 32;

let levelMb = residentMb(process.pid) ?? 0;

/**
 * Calls the collector where the process has grown since the last time, or is larger than `mostMb`.
 *
 * @returns MiB that are in use then.
 */
export function collectGarbage(mostMb: number): number {
  const usedMb = residentMb(process.pid) ?? 0;
  if (usedMb <= levelMb + GARBAGE_MB && usedMb <= mostMb) return usedMb;
  Bun.gc(true);
  levelMb = residentMb(process.pid) ?? 0;
  return levelMb;
}
