import { afterEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { PoolTask } from "../../../tests/fixtures/pool-child.ts";
import { parseScrape } from "../../../tests/fixtures/scrape.ts";
import { AppError } from "../errors.ts";
import { createLogger } from "../logger.ts";
import { ChildPoolMetrics } from "../metrics/child-pools.ts";
import { ChildPool, type ChildPoolOptions } from "./child-pool.ts";
import { ChildLostError } from "./child.ts";

let pool: ChildPool<PoolTask, number, string> | undefined;
afterEach(async () => {
  await pool?.[Symbol.asyncDispose]();
  pool = undefined;
});

function createPool(options: Partial<ChildPoolOptions> = {}): ChildPool<PoolTask, number, string> {
  pool = new ChildPool({
    name: "test",
    entry: join(import.meta.dir, "../../../tests/fixtures/pool-child.ts"),
    size: 1,
    memoryLimitMb: 400,
    recycleAfterTasks: 100,
    logger: createLogger("silent"),
    ...options,
  });
  return pool;
}

const calm = { signal: new AbortController().signal, silenceTimeoutMs: 10_000 };

async function lossOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ChildLostError ? error.reason : `no loss: ${String(error)}`;
}

describe("a pool of child processes", () => {
  test("runs as many tasks at once as it has children, in the order they came", async () => {
    const pool = createPool({ size: 2 });
    const answers = await Promise.all(
      ["a", "b", "c", "d"].map(async (value) => await pool.run({ do: "echo", value }, calm)),
    );
    expect(answers.map((answer) => answer.split(" ")[1])).toEqual(["a", "b", "c", "d"]);
    expect(pool.pids).toHaveLength(2);
  });

  test("kills a child that says nothing for too long, and goes on with a new one", async () => {
    const pool = createPool();
    expect(await lossOf(pool.run({ do: "spin" }, { ...calm, silenceTimeoutMs: 200 }))).toBe(
      "timeout",
    );
    expect(await pool.run({ do: "echo", value: "fine" }, calm)).toEndWith("fine");
    expect(pool.lost).toBe(1);
  });

  test("tells why children were replaced", async () => {
    const registry = new Registry();
    const replaced = async (reason: string): Promise<number | undefined> =>
      parseScrape(await registry.metrics()).get(
        `child_process_restarts_total{pool="test",reason="${reason}"}`,
      );
    const pool = createPool({ recycleAfterTasks: 2, metrics: new ChildPoolMetrics(registry) });
    await lossOf(pool.run({ do: "spin" }, { ...calm, silenceTimeoutMs: 200 }));
    for (const value of ["its first", "its last"]) await pool.run({ do: "echo", value }, calm);
    // Until the child that has done its share is gone, too.
    while (pool.pids.length > 0 || (await replaced("recycled")) === 0) await Bun.sleep(5);
    const reasons = ["timeout", "recycled", "crashed", "memory"];
    expect(await Promise.all(reasons.map(replaced))).toEqual([1, 1, 0, 0]);
  });

  test("progress counts as a sign of life", async () => {
    const seen: number[] = [];
    const options = { ...calm, silenceTimeoutMs: 400, onProgress: (n: number) => seen.push(n) };
    expect(await createPool().run({ do: "count", to: 6, everyMs: 100 }, options)).toBe("counted");
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("kills a child that grows over its memory limit", async () => {
    expect(await lossOf(createPool().run({ do: "grow" }, calm))).toBe("memory");
  });

  test("tells when a child died by itself", async () => {
    expect(await lossOf(createPool().run({ do: "exit" }, calm))).toBe("crashed");
  });

  test("hands on the errors that a child throws on purpose", async () => {
    const refusal = createPool().run({ do: "refuse" }, calm);
    expect(refusal).rejects.toEqual(new AppError("file_damaged", "It is broken."));
    await refusal.catch(() => {});
  });

  test("an abort is answered at once, and frees a child that listens without killing it", async () => {
    const pool = createPool();
    await pool.warm();
    const [pid] = pool.pids;
    const controller = new AbortController();
    const reason = new Error("not wanted");
    const onProgress = (n: number): void => {
      if (n === 2) controller.abort(reason);
    };
    const task = pool.run(
      { do: "count", to: 1000, everyMs: 20 },
      { ...calm, signal: controller.signal, onProgress },
    );
    expect(await task.catch((error: unknown) => error)).toBe(reason);
    expect(await pool.run({ do: "echo", value: "next" }, calm)).toBe(`${pid} next`);
  });

  test("a child that does not listen to an abort is killed", async () => {
    const pool = createPool();
    // Before it is ready nothing would be killed.
    await pool.warm();
    const controller = new AbortController();
    const task = pool.run({ do: "spin" }, { ...calm, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("gone")), 300);
    expect(await task.catch((error: unknown) => String(error))).toBe("Error: gone");
    expect(await pool.run({ do: "echo", value: "next" }, calm)).toEndWith("next");
    expect(pool.lost).toBe(1);
  });

  test("an abort while waiting leaves the queue", async () => {
    const pool = createPool();
    const first = pool.run({ do: "count", to: 5, everyMs: 50 }, calm);
    const controller = new AbortController();
    const waiting = pool.run({ do: "echo", value: "x" }, { ...calm, signal: controller.signal });
    controller.abort(new Error("gone"));
    expect(await waiting.catch((error: unknown) => String(error))).toBe("Error: gone");
    expect(await first).toBe("counted");
    expect(await pool.run({ do: "echo", value: "next" }, calm)).toEndWith("next");
  });

  test("replaces a child after its number of tasks without losing one", async () => {
    const pool = createPool({ recycleAfterTasks: 3 });
    const pids = new Set<string | undefined>();
    for (let n = 0; n < 9; n++) {
      const answer = await pool.run({ do: "echo", value: "x" }, calm);
      pids.add(answer.split(" ")[0]);
    }
    expect(pids.size).toBe(3);
    expect(pool.lost).toBe(0);
  });

  test("children get nothing of the server's environment but the path and the time zone, and call nobody", async () => {
    process.env["LLM_API_KEY"] = "secret";
    expect(await createPool().run({ do: "environment" }, calm)).toBe(
      "GLIBC_TUNABLES,ORT_DISABLE_TELEMETRY,PATH,TZ",
    );
    delete process.env["LLM_API_KEY"];
  });

  test("children die with their parent even when they are stuck", async () => {
    const script = join(import.meta.dir, "../../../tests/fixtures/pool-parent.ts");
    const parent = Bun.spawn([process.execPath, script], { stdio: ["ignore", "pipe", "inherit"] });
    const { value } = await parent.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    parent.kill("SIGKILL");
    await parent.exited;
    const deadline = performance.now() + 5_000;
    while (existsSync(`/proc/${pid}`) && performance.now() < deadline) await Bun.sleep(20);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});
