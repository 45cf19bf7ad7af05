import { describe, expect, test } from "bun:test";
import { mergeConcurrent } from "./merge.ts";

/** A source that says each item only when it is told to. */
class HandFed {
  ended = false;
  pulls = 0;
  #next = Promise.withResolvers<string>();

  say(item: string): void {
    this.#next.resolve(item);
  }

  fail(reason: Error): void {
    this.#next.reject(reason);
  }

  async *items(): AsyncGenerator<string> {
    try {
      for (;;) {
        this.pulls++;
        const item = await this.#next.promise;
        this.#next = Promise.withResolvers();
        yield item;
      }
    } finally {
      this.ended = true;
    }
  }
}

async function* list(...items: string[]): AsyncGenerator<string> {
  yield* items;
}

describe("mergeConcurrent", () => {
  test("yields what comes first, whichever source it is from", async () => {
    const [first, second] = [new HandFed(), new HandFed()];
    const merged = mergeConcurrent([() => first.items(), () => second.items()], 2);
    second.say("2a");
    expect(await merged.next()).toEqual({ done: false, value: "2a" });
    first.say("1a");
    expect(await merged.next()).toEqual({ done: false, value: "1a" });
  });

  test("starts the sources in order, and the next one when one has ended", async () => {
    const started: number[] = [];
    const starts = [1, 2, 3, 4].map((n) => () => {
      started.push(n);
      return list(`${n}a`, `${n}b`);
    });
    const merged = mergeConcurrent(starts, 2);
    await merged.next();
    expect(started).toEqual([1, 2]);
    const rest = await Array.fromAsync(merged);
    expect(started).toEqual([1, 2, 3, 4]);
    expect(rest).toHaveLength(7);
  });

  test("pulls a source again only when its last item was taken", async () => {
    const source = new HandFed();
    const merged = mergeConcurrent([() => source.items()], 1);
    source.say("a");
    await merged.next();
    expect(source.pulls).toBe(1);
    const second = merged.next();
    source.say("b");
    expect(await second).toEqual({ done: false, value: "b" });
    expect(source.pulls).toBe(2);
  });

  test("an error of one comes after what was there before it, and ends the others", async () => {
    const [first, good, bad] = [new HandFed(), new HandFed(), new HandFed()];
    const sources = [first, good, bad].map((source) => () => source.items());
    const merged = mergeConcurrent(sources, 3);
    first.say("first");
    await merged.next();
    // Both happen while the reader is busy with the first item.
    good.say("good");
    await new Promise((resolve) => void setImmediate(resolve));
    bad.fail(new Error("bad"));
    expect(await merged.next()).toEqual({ done: false, value: "good" });
    const failed = merged.next().catch((error: unknown) => error);
    // A source that waits for its next item ends with it.
    first.say("more");
    good.say("more");
    expect(await failed).toEqual(new Error("bad"));
    expect([first.ended, good.ended]).toEqual([true, true]);
  });

  test("leaving the loop ends every source", async () => {
    const sources = [new HandFed(), new HandFed()];
    const merged = mergeConcurrent(
      sources.map((source) => () => source.items()),
      2,
    );
    sources[0]?.say("a");
    sources[1]?.say("b");
    await merged.next();
    await merged.return();
    expect(sources.map((source) => source.ended)).toEqual([true, true]);
  });
});
