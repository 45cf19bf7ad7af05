/** The suite that every event log passes. */
import { describe, expect, test } from "bun:test";
import type { JobEvent } from "../../shared/job-events.ts";
import type { EventLog } from "./event-log.ts";

const never = new AbortController().signal;

function delta(offset: number, text = "x"): JobEvent {
  return { type: "delta", page: 1, attempt: 1, offset, delta: text };
}

/** @param create an empty log whose jobs hold about so many characters. */
export function describeEventLog(name: string, create: (mostChars: number) => EventLog): void {
  describe(name, () => {
    test("gives what came after a place, all at once and in order", async () => {
      using log = create(10_000).open("job");
      const start = log.end;
      for (let offset = 0; offset < 5; offset++) log.append(delta(offset));
      const batch = await log.after(start, never);
      expect(batch?.events).toEqual([0, 1, 2, 3, 4].map((offset) => delta(offset)));
      expect(batch?.id).toBe(log.end);
    });

    test("waits for the next event", async () => {
      using log = create(10_000).open("job");
      const waiting = log.after(log.end, never);
      log.append(delta(7));
      expect((await waiting)?.events).toEqual([delta(7)]);
    });

    test("serves many readers, each from its own place", async () => {
      using log = create(10_000).open("job");
      const start = log.end;
      log.append(delta(0));
      const middle = log.end;
      log.append(delta(1));
      const batches = await Promise.all([log.after(start, never), log.after(middle, never)]);
      expect(batches.map((batch) => batch?.events.length)).toEqual([2, 1]);
    });

    test("a place that it has forgotten, or never had, is none", async () => {
      const logs = create(2_000);
      using log = logs.open("job");
      const start = log.end;
      for (let offset = 0; offset < 100; offset++) log.append(delta(offset, "y".repeat(50)));
      expect(await log.after(start, never)).toBeUndefined();
      using other = logs.open("other");
      for (const id of [undefined, "", "x.1", other.end, `${log.end}0`, "a.b.c"]) {
        expect(await log.after(id, never)).toBeUndefined();
      }
    });

    test("holds only so much, whatever comes", async () => {
      using log = create(2_000).open("job");
      log.append(delta(0));
      const place = log.end;
      for (let offset = 0; offset < 5; offset++) log.append(delta(offset, "z".repeat(1_000)));
      expect(await log.after(place, never)).toBeUndefined();
      const end = log.end;
      log.append(delta(9));
      expect((await log.after(end, never))?.events).toEqual([delta(9)]);
    });

    test("is one for all who have it open, and gone after them", async () => {
      const logs = create(10_000);
      const writer = logs.open("job");
      const reader = logs.open("job");
      const start = reader.end;
      writer.append(delta(0));
      writer[Symbol.dispose]();
      writer[Symbol.dispose]();
      expect((await reader.after(start, never))?.events).toEqual([delta(0)]);
      reader[Symbol.dispose]();
      using later = logs.open("job");
      expect(await later.after(start, never)).toBeUndefined();
    });

    test("a reader that waits can be called off", async () => {
      using log = create(10_000).open("job");
      const controller = new AbortController();
      const waiting = log.after(log.end, controller.signal).catch((error: unknown) => error);
      controller.abort(new Error("enough"));
      expect(await waiting).toMatchObject({ message: "enough" });
    });
  });
}
