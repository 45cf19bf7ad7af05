/** One child process of a pool: its task, its limits and its end. */
import { setPriority } from "node:os";
import { AppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { childEnvironment } from "./environment.ts";
import { residentMb } from "./memory.ts";
import type { FromChild, ToChild } from "./protocol.ts";

export interface ChildOptions {
  /** For logs: `raster`, `embedded`. */
  name: string;
  /** Absolute path of the script that calls `serveTasks`. */
  entry: string;
  args?: string[];
  /** Resident MiB above which the child is killed, in the middle of a task if need be. */
  memoryLimitMb: number;
  /** The child is replaced after so many tasks, because WASM and native heaps never shrink. */
  recycleAfterTasks: number;
  logger: Logger;
}

/** Why a child was lost with its task. */
export type ChildLossReason = "timeout" | "memory" | "crashed";

export class ChildLostError extends Error {
  override readonly name = "ChildLostError";
  readonly reason: ChildLossReason;
  /** Whether it had begun with a task, which may then be why. */
  readonly hadTask: boolean;
  constructor(reason: ChildLossReason, hadTask: boolean) {
    super(`child process lost ${hadTask ? "with its task" : "before it was ready"}: ${reason}`);
    this.reason = reason;
    this.hadTask = hadTask;
  }
}

export interface TaskOptions<Progress> {
  signal: AbortSignal;
  /** The child is killed when it says nothing, neither progress nor result, for so long. */
  silenceTimeoutMs: number;
  onProgress?: (progress: Progress) => void;
  /** Prefer the idle child that last worked for this key, which may still have its document open. */
  affinity?: string;
}

/** How long a new child may take until it is ready. */
const START_TIMEOUT_MS = 30_000;
/** How long a child may go on with a task that nobody wants any more. */
const CANCEL_GRACE_MS = 1_000;
const MEMORY_POLL_MS = 50;

interface RunningTask<Progress, Result> {
  id: number;
  options: TaskOptions<Progress>;
  resolve: (result: Result) => void;
  reject: (reason: unknown) => void;
  timer: Timer | undefined;
}

/** How much later than the server itself a child gets a busy processor (nice value). */
const NICENESS = 3;

/** Streams and probes must go on while every core works on pages. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has died already, or the system does not allow it.
  }
}

export class Child<Task, Progress, Result> {
  /** Reserved by the pool: working, or about to. */
  taken = false;
  affinity: string | undefined;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  readonly #options: ChildOptions;
  readonly #process: Bun.Subprocess<"ignore", "ignore", "inherit">;
  #memoryPoll: Timer | undefined;
  #task: RunningTask<Progress, Result> | undefined;
  #idle = Promise.withResolvers<void>();
  #readyResolvers = Promise.withResolvers<void>();
  #lossReason: ChildLossReason | undefined;
  #retired = false;
  #tasksDone = 0;
  #nextId = 1;

  /** @param onExit called once, with the reason unless the child was retired in good order. */
  constructor(options: ChildOptions, onExit: (lost: ChildLossReason | undefined) => void) {
    this.#options = options;
    this.ready = this.#readyResolvers.promise;
    // Whoever runs a task learns of a failed start there.
    this.ready.catch(() => {});
    const { resolve: resolveExited, promise } = Promise.withResolvers<void>();
    this.exited = promise;
    this.#process = Bun.spawn([process.execPath, options.entry, ...(options.args ?? [])], {
      env: childEnvironment(),
      stdio: ["ignore", "ignore", "inherit"],
      serialization: "advanced",
      ipc: (message: FromChild<Progress, Result>) => this.#onMessage(message),
      onExit: () => {
        this.#onExit();
        onExit(this.#retired ? undefined : (this.#lossReason ?? "crashed"));
        resolveExited();
      },
    });
    giveWay(this.#process.pid);
    const startTimer = setTimeout(() => this.kill("timeout"), START_TIMEOUT_MS);
    startTimer.unref();
    void this.ready.finally(() => clearTimeout(startTimer)).catch(() => {});
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Due for replacement: too many tasks, or it said so itself. */
  get worn(): boolean {
    return this.#tasksDone >= this.#options.recycleAfterTasks;
  }

  /** Resolves when the child has no task: answered, or dead. */
  async idle(): Promise<void> {
    if (this.#task) await this.#idle.promise;
  }

  async run(task: Task, options: TaskOptions<Progress>): Promise<Result> {
    await this.ready;
    options.signal.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#idle = Promise.withResolvers<void>();
    this.#task = { id, options, resolve, reject, timer: undefined };
    this.#restartTimer();
    // Only while it works: an idle child does not grow, and looking costs the server time.
    this.#memoryPoll = setInterval(() => this.#checkMemory(), MEMORY_POLL_MS);
    this.#send({ type: "task", id, task });
    const onAbort = (): void => this.#cancel(options.signal.reason);
    options.signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await promise;
    } finally {
      options.signal.removeEventListener("abort", onAbort);
    }
  }

  kill(reason: ChildLossReason): void {
    this.#lossReason ??= reason;
    this.#process.kill("SIGKILL");
  }

  /** Ends an idle child in good order. */
  retire(): void {
    this.#retired = true;
    this.#process.kill("SIGKILL");
  }

  #send(message: ToChild<Task>): void {
    this.#process.send(message);
  }

  #onMessage(message: FromChild<Progress, Result>): void {
    if (message.type === "ready") {
      this.#readyResolvers.resolve();
      return;
    }
    const task = this.#task;
    if (task?.id !== message.id) return;
    switch (message.type) {
      case "progress":
        this.#restartTimer();
        if (!task.options.signal.aborted) task.options.onProgress?.(message.progress);
        break;
      case "result":
        this.#finish(message.recycle);
        task.resolve(message.result);
        break;
      case "error":
        this.#finish(message.recycle);
        task.reject(new AppError(message.code, message.detail));
        break;
    }
  }

  #finish(recycle: boolean): void {
    clearTimeout(this.#task?.timer);
    clearInterval(this.#memoryPoll);
    this.#task = undefined;
    this.#tasksDone = recycle ? this.#options.recycleAfterTasks : this.#tasksDone + 1;
    this.#idle.resolve();
  }

  #cancel(reason: unknown): void {
    const task = this.#task;
    if (!task) return;
    task.reject(reason);
    this.#send({ type: "cancel", id: task.id });
    clearTimeout(task.timer);
    task.timer = setTimeout(() => this.kill("timeout"), CANCEL_GRACE_MS);
  }

  #restartTimer(): void {
    const task = this.#task;
    if (!task || task.options.signal.aborted) return;
    clearTimeout(task.timer);
    task.timer = setTimeout(() => this.kill("timeout"), task.options.silenceTimeoutMs);
  }

  #checkMemory(): void {
    const used = residentMb(this.pid);
    if (used !== undefined && used > this.#options.memoryLimitMb) this.kill("memory");
  }

  #onExit(): void {
    clearInterval(this.#memoryPoll);
    const task = this.#task;
    const lost = new ChildLostError(this.#lossReason ?? "crashed", task !== undefined);
    this.#readyResolvers.reject(lost);
    if (!task) return;
    this.#finish(false);
    task.reject(lost);
  }
}
