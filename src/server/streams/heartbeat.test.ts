import { describe, expect, test } from "bun:test";
import { withHeartbeat } from "./heartbeat.ts";

const INTERVAL_MS = 20;

describe("the heartbeat", () => {
  test("beats while the source is silent, and hands on every item", async () => {
    const go = Promise.withResolvers<void>();
    async function* source(): AsyncGenerator<string> {
      yield "a";
      await go.promise;
      yield "b";
    }
    const seen: string[] = [];
    for await (const item of withHeartbeat(source(), INTERVAL_MS, () => "beat")) {
      seen.push(item);
      if (seen.filter((one) => one === "beat").length === 3) go.resolve();
    }
    expect(seen).toEqual(["a", "beat", "beat", "beat", "b"]);
  });

  test("does not beat while items come, and the silence counts from the last of them", async () => {
    async function* source(): AsyncGenerator<number> {
      for (let n = 0; n < 10; n++) {
        await Bun.sleep(INTERVAL_MS / 2);
        yield n;
      }
    }
    const items = await Array.fromAsync(withHeartbeat(source(), INTERVAL_MS * 4, () => -1));
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("a slow reader causes no beats", async () => {
    async function* source(): AsyncGenerator<number> {
      yield* [1, 2, 3];
    }
    const seen: number[] = [];
    for await (const item of withHeartbeat(source(), INTERVAL_MS, () => -1)) {
      seen.push(item);
      await Bun.sleep(INTERVAL_MS * 2);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  test("an error of the source comes through, and leaving the loop ends the source", async () => {
    // oxlint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<number> {
      throw new Error("broken");
    }
    expect(Array.fromAsync(withHeartbeat(broken(), INTERVAL_MS, () => -1))).rejects.toThrow();
    let ended = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    for await (const _item of withHeartbeat(endless(), INTERVAL_MS, () => -1)) break;
    expect(ended).toBe(true);
  });
});
