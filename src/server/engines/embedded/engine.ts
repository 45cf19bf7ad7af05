/**
 * The built-in engine: needs no key, no GPU and no network. Pages are read in child processes, so
 * that a native crash costs one page one retry and never the server.
 */
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import type { Logger } from "../../logger.ts";
import type { ChildPoolMetrics } from "../../metrics/child-pools.ts";
import type { ImageProfile } from "../../page-image.ts";
import { ChildPool } from "../../processes/child-pool.ts";
import { ChildLostError } from "../../processes/child.ts";
import { childEnvironment } from "../../processes/environment.ts";
import type { Engine, EngineEvent } from "../engine.ts";
import { type LatinLanguage, latinLanguages } from "./latin/function-words.ts";
import { ModelFilesError, findModelFiles } from "./model-files.ts";
import type { ReadProgress, ReadResult, ReadTask } from "./task.ts";
import { TextQueue } from "./text-queue.ts";

export interface EmbeddedEngine extends Engine {
  /** Of the processes that read. */
  readonly pids: readonly number[];
}

type Pool = ChildPool<ReadTask, ReadProgress, ReadResult>;

export interface EmbeddedOptions {
  processes: number;
  /** Resident MiB of one process, above which it is replaced. */
  memoryLimitMb: number;
  /** Whose accents are read, where not all; English and Chinese always are. */
  languages?: readonly LatinLanguage[];
  /** With models of somebody's own; undefined for those that are shipped. */
  modelsFolder?: string | undefined;
  logger: Logger;
  metrics?: ChildPoolMetrics | undefined;
}

/** 200 dpi of A4, at which small print still can be read. */
export const embeddedProfile: ImageProfile = { longestSide: 2200, format: "bmp" };
/** Native heaps grow slowly; a new process takes a third of a second. */
const RECYCLE_AFTER_PAGES = 200;
/** A process says something with each line; so long without one it hangs. */
const SILENCE_MS = 60_000;

/** @throws ModelFilesError where the models of `modelsFolder` cannot be used. */
export function createEmbeddedEngine(options: EmbeddedOptions): EmbeddedEngine {
  const { modelsFolder } = options;
  const { name: model } = findModelFiles(modelsFolder);
  if (modelsFolder !== undefined) checkModels(modelsFolder);
  const pool: Pool = new ChildPool({
    name: "embedded",
    entry: join(import.meta.dir, "child.ts"),
    args: [String(options.memoryLimitMb), ...(modelsFolder === undefined ? [] : [modelsFolder])],
    size: options.processes,
    memoryLimitMb: options.memoryLimitMb,
    recycleAfterTasks: RECYCLE_AFTER_PAGES,
    logger: options.logger,
    metrics: options.metrics,
  });
  const warm = pool.warm();
  const { languages = latinLanguages } = options;
  return {
    name: "embedded",
    model,
    profile: embeddedProfile,
    concurrency: options.processes,
    get pids() {
      return pool.pids;
    },
    stream: (image, _options, signal) => streamPage(pool, { image, languages }, signal),
    models: async () => [model],
    async health() {
      await warm;
      return pool.pids.length > 0
        ? { ok: true }
        : { ok: false, detail: "The processes of the built-in engine do not start. See the log." };
    },
    [Symbol.asyncDispose]: async () => await pool[Symbol.asyncDispose](),
  };
}

/** Loads the models once, in a process that may die of them. */
function checkModels(folder: string): void {
  const script = join(import.meta.dir, "check-models.ts");
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, script, folder], {
    env: childEnvironment(),
  });
  if (exitCode === 0) return;
  throw new ModelFilesError(
    stderr.toString().trim() || `EMBEDDED_MODELS_DIR: the models of ${folder} cannot be loaded.`,
  );
}

async function* streamPage(
  pool: Pool,
  task: ReadTask,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, void, undefined> {
  signal.throwIfAborted();
  const work = new AbortController();
  const onAbort = (): void => work.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const text = new TextQueue();
    const reading = readWithRetry(pool, task, text, work.signal);
    // The loop below ends with it; what it throws is thrown there.
    reading.then(
      () => text.close(),
      () => text.close(),
    );
    for await (const delta of text) yield { type: "delta", delta };
    const { lines, confidence } = await reading;
    yield {
      type: "end",
      finishReason: "stop",
      lines,
      ...(confidence !== undefined && { confidence }),
    };
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.abort();
  }
}

/** A process that died may have done so for any reason, so the page gets a second one. */
async function readWithRetry(
  pool: Pool,
  task: ReadTask,
  text: TextQueue,
  signal: AbortSignal,
): Promise<ReadResult> {
  for (let isRetry = false; ; isRetry = true) {
    text.rewind();
    const onProgress = (piece: string): void => text.push(piece);
    try {
      return await pool.run(task, { signal, silenceTimeoutMs: SILENCE_MS, onProgress });
    } catch (error) {
      if (!(error instanceof ChildLostError)) throw error;
      if (isRetry) throw lossError(error);
    }
  }
}

function lossError(error: ChildLostError): AppError {
  if (!error.hadTask) {
    const detail = "The process of the built-in engine did not start. The server's log says why.";
    return new AppError("engine_crashed", detail, { cause: error });
  }
  switch (error.reason) {
    case "timeout":
      return new AppError(
        "engine_timeout",
        "The page took the built-in engine too long. Try it again, or send it at a lower resolution.",
        {
          cause: error,
        },
      );
    case "memory":
      return new AppError(
        "engine_crashed",
        "The page needs more memory than the built-in engine may use. Raise EMBEDDED_MEMORY_MB.",
        { cause: error },
      );
    case "crashed":
      return new AppError(
        "engine_crashed",
        "The built-in engine crashed twice on this page. The other pages are not affected.",
        { cause: error },
      );
  }
  return error.reason satisfies never;
}
