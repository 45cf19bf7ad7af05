/**
 * Whether the processor multiplies and adds eight-bit integers in one instruction (VNNI). Without it
 * they are hardly faster than floats, and the sums of ONNX Runtime's older way may overflow.
 */
import { readFileSync } from "node:fs";

/** As Linux calls it: with registers of 512 bits, and of 256. */
const FLAGS = /^flags\s*:.*\b(?:avx512_vnni|avx_vnni)\b/m;

/** @returns false where that cannot be told, as on other systems than Linux. */
export function hasVnni(): boolean {
  try {
    return FLAGS.test(readFileSync("/proc/cpuinfo", "latin1"));
  } catch {
    return false;
  }
}
