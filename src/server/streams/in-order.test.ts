import { describe, expect, test } from "bun:test";
import { inOrder } from "./in-order.ts";

describe("inOrder", () => {
  test("yields the sources one after the other although they run at once", async () => {
    const second = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<string> {
      yield "1a";
      // Only goes on when the second source has run to its end.
      await second.promise;
      yield "1b";
    }
    async function* quick(): AsyncGenerator<string> {
      yield "2a";
      yield "2b";
      second.resolve();
    }
    expect(await Array.fromAsync(inOrder([slow, quick], 2))).toEqual(["1a", "1b", "2a", "2b"]);
  });

  test("never runs more sources than allowed", async () => {
    let running = 0;
    let most = 0;
    const sources = Array.from(
      { length: 9 },
      (_, index) =>
        async function* source() {
          most = Math.max(most, ++running);
          yield index;
          await Promise.resolve();
          running--;
        },
    );
    expect(await Array.fromAsync(inOrder(sources, 3))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(most).toBeLessThanOrEqual(3);
  });

  test("leaving the loop ends the sources that run", async () => {
    const ended: number[] = [];
    const sources = [0, 1, 2].map(
      (index) =>
        async function* source() {
          try {
            for (let n = 0; n < 100; n++) yield n;
          } finally {
            ended.push(index);
          }
        },
    );
    for await (const item of inOrder(sources, 2)) if (item === 0) break;
    expect(new Set(ended)).toEqual(new Set([0, 1]));
  });

  test("an error comes at its source's turn", async () => {
    async function* good(): AsyncGenerator<string> {
      yield "fine";
    }
    // oxlint-disable-next-line require-yield
    async function* bad(): AsyncGenerator<string> {
      throw new Error("broken");
    }
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      for await (const item of inOrder([good, bad], 2)) seen.push(item);
    };
    expect(run()).rejects.toThrow("broken");
    await run().catch(() => {});
    expect(seen).toContain("fine");
  });
});
