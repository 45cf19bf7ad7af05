/** What the main thread of a browser's page does: its tasks, from Chromium's own trace. */
import type { Page } from "playwright-core";
import { z } from "zod";

/** One task of the main thread. */
export interface Task {
  /** Seconds from when it was begun to watch. */
  at: number;
  /** On the clock, which also counts while other processes have the core. */
  ms: number;
  /** Of the processor. */
  cpuMs: number;
}

export interface Watch {
  /** Ends watching. @returns the tasks of the page that has had most of them, in order. */
  stop(): Promise<Task[]>;
}

/** Times in µs (Trace Event Format, complete events). */
const taskEvent = z.object({
  name: z.literal("ThreadControllerImpl::RunTask"),
  ph: z.literal("X"),
  pid: z.number(),
  tid: z.number(),
  ts: z.number(),
  dur: z.number(),
  tdur: z.number().default(0),
});
const threadEvent = z.object({
  name: z.literal("thread_name"),
  pid: z.number(),
  tid: z.number(),
  args: z.object({ name: z.string() }),
});

/** Watches all pages of the browser; others than this one should do nothing. */
export async function watchMainThread(page: Page): Promise<Watch> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser to trace");
  const session = await browser.newBrowserCDPSession();
  const names = new Map<string, string>();
  const tasks = new Map<string, z.infer<typeof taskEvent>[]>();
  session.on("Tracing.dataCollected", ({ value }) => {
    for (const event of value) {
      const thread = threadEvent.safeParse(event).data;
      if (thread) names.set(keyOf(thread), thread.args.name);
      const task = taskEvent.safeParse(event).data;
      if (!task) continue;
      const known = tasks.get(keyOf(task));
      if (known) known.push(task);
      else tasks.set(keyOf(task), [task]);
    }
  });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel"], excludedCategories: ["*"] },
  });
  return {
    async stop() {
      const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
      await session.send("Tracing.end");
      await complete;
      await session.detach();
      const all = [...tasks].filter(([key]) => names.get(key) === "CrRendererMain");
      const [busiest = []] = all.map(([, list]) => list).sort((a, b) => b.length - a.length);
      const begin = Math.min(...[...tasks.values()].flat().map(({ ts }) => ts));
      return busiest.map(({ ts, dur, tdur }) => ({
        at: (ts - begin) / 1e6,
        ms: dur / 1000,
        cpuMs: tdur / 1000,
      }));
    },
  };
}

function keyOf({ pid, tid }: { pid: number; tid: number }): string {
  return `${pid}/${tid}`;
}
