import { describe, expect, test } from "bun:test";
import { AppError } from "./errors.ts";
import { Lifecycle } from "./lifecycle.ts";

describe("shutting down", () => {
  test("waits for the streams that run, and lets no new one in", async () => {
    const lifecycle = new Lifecycle();
    const stream = lifecycle.enter(new AbortController(), undefined);
    const drained = lifecycle.drain(10_000);
    expect(lifecycle.draining).toBe(true);
    expect(() => lifecycle.enter(new AbortController(), undefined)).toThrow(AppError);
    expect(await Promise.race([drained, Bun.sleep(50).then(() => "waiting")])).toBe("waiting");
    stream[Symbol.dispose]();
    await drained;
  });

  test("cancels what still runs after the grace time, and waits until it has closed", async () => {
    const lifecycle = new Lifecycle();
    const controller = new AbortController();
    const stream = lifecycle.enter(controller, undefined);
    let closed = false;
    controller.signal.addEventListener("abort", () => {
      setTimeout(() => {
        closed = true;
        stream[Symbol.dispose]();
      }, 20);
    });
    await lifecycle.drain(30);
    expect(closed).toBe(true);
    expect(controller.signal.reason.code).toBe("shutting_down");
  });

  test("is over at once where nothing runs", async () => {
    await new Lifecycle().drain(60_000);
  });
});
