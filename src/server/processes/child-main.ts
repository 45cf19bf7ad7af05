/** The child's side of a pool: answers tasks one at a time until the parent goes away. */
import { AppError } from "../errors.ts";
import { dieWithParent } from "./parent-death.ts";
import type { FromChild, ToChild } from "./protocol.ts";

export interface TaskContext<Progress> {
  progress: (value: Progress) => void;
  /** Aborted when the parent no longer wants the task. Look at it after each `await`. */
  signal: AbortSignal;
}

export interface ChildOptions {
  /** After such an error the process may hold damaged state: the parent replaces it. */
  recycleAfterError?(error: unknown): boolean;
  /** Asked after every result: true where the process has grown too large for the next task. */
  recycleAfterResult?(): boolean;
}

/**
 * Serves tasks from now on. Call it once, when the child is warm; the parent sends nothing before.
 * A throw of `AppError` travels with its code, anything else as `internal`.
 */
export function serveTasks<Task, Progress, Result>(
  run: (task: Task, context: TaskContext<Progress>) => Promise<Result> | Result,
  options: ChildOptions = {},
): void {
  const send = (message: FromChild<Progress, Result>): void => {
    process.send?.(message);
  };
  let current: { id: number; controller: AbortController } | undefined;

  const handle = async (id: number, task: Task): Promise<void> => {
    const controller = new AbortController();
    current = { id, controller };
    try {
      const progress = (value: Progress): void => send({ type: "progress", id, progress: value });
      const result = await run(task, { progress, signal: controller.signal });
      current = undefined;
      send({ type: "result", id, result, recycle: options.recycleAfterResult?.() ?? false });
    } catch (error) {
      current = undefined;
      const recycle = options.recycleAfterError?.(error) ?? false;
      const code = error instanceof AppError ? error.code : "internal";
      const detail = error instanceof Error ? error.message : String(error);
      send({ type: "error", id, code, detail, recycle });
    }
  };

  process.on("message", (message: ToChild<Task>) => {
    if (message.type === "task") void handle(message.id, message.task);
    else if (current?.id === message.id) current.controller.abort();
  });
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches children, too; when they end is the parent's to say.
  process.on("SIGINT", () => {});
  dieWithParent();
  send({ type: "ready" });
}
