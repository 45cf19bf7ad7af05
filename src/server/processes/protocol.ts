/**
 * What a pool and its children say to each other over Bun's IPC (structured clone, so typed arrays
 * travel as they are). A child does one task at a time.
 */
import type { ErrorCode } from "../../shared/api-errors.ts";

export type ToChild<Task> =
  | { type: "task"; id: number; task: Task }
  /** Stop working on the task; the child may answer with its result all the same. */
  | { type: "cancel"; id: number };

export type FromChild<Progress, Result> =
  | { type: "ready" }
  | { type: "progress"; id: number; progress: Progress }
  | { type: "result"; id: number; result: Result; recycle: boolean }
  | { type: "error"; id: number; code: ErrorCode; detail: string; recycle: boolean };
