/**
 * The engines of this server by name, each with its limiter, which everybody's pages share. An engine
 * is made when it is first asked for: the built-in one costs memory that a server with a better one
 * may never need.
 */
import { AppError } from "../errors.ts";
import type { Metrics } from "../metrics/registry.ts";
import type { Engine, EngineHealth } from "./engine.ts";
import { type Limiter, createLimiter } from "./limiter.ts";

export interface EngineSlot {
  engine: Engine;
  limiter: Limiter;
  /** Most pages of one document that are worth starting at once. */
  pageConcurrency: number;
  /** As it was within the last seconds: probes and scrapes of many callers ask the engine once. */
  health: () => Promise<EngineHealth>;
}

type EngineMetrics = Pick<Metrics, "engineQueues" | "engineHealth">;

const HEALTH_TIMEOUT_MS = 3_000;
const HEALTH_TTL_MS = 2_000;

export interface EngineMaker {
  name: string;
  create: () => Engine;
}

export class Engines implements AsyncDisposable {
  readonly #makers: readonly EngineMaker[];
  readonly #maxConcurrency: number;
  readonly #metrics: EngineMetrics | undefined;
  readonly #slots = new Map<string, EngineSlot>();

  /**
   * @param makers at least one; the first is the default, and is made at once.
   * @param maxConcurrency pages that may be with one engine at the same time.
   */
  constructor(makers: readonly EngineMaker[], maxConcurrency: number, metrics?: EngineMetrics) {
    this.#makers = makers;
    this.#maxConcurrency = maxConcurrency;
    this.#metrics = metrics;
    this.get(this.defaultName);
  }

  get defaultName(): string {
    return this.names[0] ?? "";
  }

  get names(): string[] {
    return this.#makers.map((maker) => maker.name);
  }

  get default(): EngineSlot {
    return this.get(this.defaultName);
  }

  /** @throws AppError engine_unknown. */
  get(name: string): EngineSlot {
    const made = this.#slots.get(name);
    if (made) return made;
    const maker = this.#makers.find((candidate) => candidate.name === name);
    if (!maker) {
      const detail = `There is no engine named "${name.slice(0, 40)}". Choose one of these: ${this.names.join(", ")}.`;
      throw new AppError("engine_unknown", detail);
    }
    const engine = maker.create();
    const concurrency = Math.min(this.#maxConcurrency, engine.concurrency);
    const limiter = createLimiter(concurrency);
    this.#metrics?.engineQueues.watch(name, limiter);
    const health = cached(
      HEALTH_TTL_MS,
      async () => await engine.health(AbortSignal.timeout(HEALTH_TIMEOUT_MS)),
    );
    this.#metrics?.engineHealth.watch(name, async () => (await health()).ok);
    const slot = { engine, limiter, pageConcurrency: concurrency, health };
    this.#slots.set(name, slot);
    return slot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { engine } of this.#slots.values()) await engine[Symbol.asyncDispose]();
  }
}

function cached<T>(ttlMs: number, load: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let loadedAt = 0;
  return async () => {
    const now = performance.now();
    if (!value || now - loadedAt > ttlMs) {
      loadedAt = now;
      value = load();
    }
    return await value;
  };
}
