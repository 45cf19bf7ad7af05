/** The suite that every limiter passes. */
import { describe, expect, test } from "bun:test";
import type { Limiter } from "./limiter.ts";

const never = new AbortController().signal;

/** Keeps in `entered` who was let in, as `user:rank`, with the slots to give back. */
class Crowd {
  readonly entered: string[] = [];
  readonly slots = new Map<string, Disposable>();
  readonly #limiter: Limiter;

  constructor(limiter: Limiter) {
    this.#limiter = limiter;
  }

  async come(userId: number, rank: number, signal = never): Promise<void> {
    const slot = await this.#limiter.acquire(signal, { userId, rank });
    this.entered.push(`${userId}:${rank}`);
    this.slots.set(`${userId}:${rank}`, slot);
  }

  async leave(name: string): Promise<void> {
    this.slots.get(name)?.[Symbol.dispose]();
    await settled();
  }
}

/** Granted slots resolve within a turn of the loop. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** @param createLimiter with so many slots. */
export function describeLimiter(name: string, createLimiter: (capacity: number) => Limiter): void {
  describe(name, () => {
    test("lets in no more than it has room for", async () => {
      const limiter = createLimiter(2);
      const crowd = new Crowd(limiter);
      for (let rank = 1; rank <= 4; rank++) void crowd.come(1, rank);
      await settled();
      expect(crowd.entered).toEqual(["1:1", "1:2"]);
      expect([limiter.active, limiter.waiting]).toEqual([2, 2]);
      await crowd.leave("1:2");
      expect(crowd.entered).toEqual(["1:1", "1:2", "1:3"]);
      expect([limiter.active, limiter.waiting]).toEqual([2, 1]);
    });

    test("a slot is given back once, however often it is disposed", async () => {
      const limiter = createLimiter(1);
      const slot = await limiter.acquire(never, { userId: 1, rank: 1 });
      slot[Symbol.dispose]();
      slot[Symbol.dispose]();
      expect(limiter.active).toBe(0);
    });

    test("of one user the earliest page goes first, whenever it came", async () => {
      const crowd = new Crowd(createLimiter(1));
      for (const rank of [5, 9, 3, 7]) void crowd.come(1, rank);
      await settled();
      for (const name of ["1:5", "1:3", "1:7"]) await crowd.leave(name);
      expect(crowd.entered).toEqual(["1:5", "1:3", "1:7", "1:9"]);
    });

    test("whoever has nothing enters at once, but only one beyond the room", async () => {
      const crowd = new Crowd(createLimiter(2));
      for (let rank = 1; rank <= 50; rank++) void crowd.come(1, rank);
      void crowd.come(2, 1);
      void crowd.come(3, 1);
      await settled();
      expect(crowd.entered).toEqual(["1:1", "1:2", "2:1"]);
      await crowd.leave("1:1");
      // Two are left, which is all the room: the third user has none, and comes before the first.
      expect(crowd.entered.at(-1)).toBe("3:1");
    });

    test("users take turns", async () => {
      const crowd = new Crowd(createLimiter(2));
      for (let rank = 1; rank <= 20; rank++) void crowd.come(1, rank);
      for (let rank = 1; rank <= 20; rank++) void crowd.come(2, rank);
      await settled();
      for (let turn = 0; turn < 12; turn++) {
        const oldest = crowd.slots.keys().next().value ?? "";
        const slot = crowd.slots.get(oldest);
        crowd.slots.delete(oldest);
        slot?.[Symbol.dispose]();
        await settled();
      }
      const shares = [1, 2].map((user) =>
        crowd.entered.filter((name) => name.startsWith(`${user}:`)),
      );
      expect(Math.abs((shares[0]?.length ?? 0) - (shares[1]?.length ?? 0))).toBeLessThanOrEqual(2);
    });

    test("who is aborted leaves the queue, and nobody waits for ever because of it", async () => {
      const limiter = createLimiter(1);
      const crowd = new Crowd(limiter);
      void crowd.come(1, 1);
      const leaving = new AbortController();
      const left = crowd.come(1, 2, leaving.signal).catch((error: unknown) => error);
      void crowd.come(1, 3);
      await settled();
      leaving.abort(new Error("gone"));
      expect(await left).toMatchObject({ message: "gone" });
      await crowd.leave("1:1");
      expect(crowd.entered).toEqual(["1:1", "1:3"]);
      expect(limiter.waiting).toBe(0);
      expect(await crowd.come(1, 4, leaving.signal).catch((error: unknown) => error)).toMatchObject(
        {
          message: "gone",
        },
      );
    });
  });
}
