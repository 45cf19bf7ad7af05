import { afterEach, describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { ndjsonResponse } from "./ndjson-response.ts";

interface Line {
  n?: number;
  fill?: string;
  failed?: string;
}

let server: ReturnType<typeof Bun.serve> | undefined;
afterEach(async () => {
  await server?.stop(true);
  server = undefined;
});

interface Served {
  url: string;
  controller: AbortController;
  closed: Promise<void>;
  closings: () => number;
  /** What the generator threw. */
  errors: string[];
}

function serve(events: (signal: AbortSignal) => AsyncGenerator<Line>, stallMs = 60_000): Served {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const errors: string[] = [];
  let closings = 0;
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      ndjsonResponse(events(controller.signal), {
        controller,
        stallMs,
        onClose: () => {
          closings++;
          closed.resolve();
        },
        onError: (error) => {
          errors.push(String(error));
          return { failed: String(error) };
        },
      }),
  });
  return {
    url: server.url.href,
    controller,
    closed: closed.promise,
    closings: () => closings,
    errors,
  };
}

async function unforeseen(): Promise<never> {
  throw new Error("unforeseen");
}

describe("an NDJSON response", () => {
  test("is one line of JSON an event, and closes", async () => {
    async function* events(): AsyncGenerator<Line> {
      yield { n: 1, fill: "line\nbreak 漢" };
      yield { n: 2 };
    }
    const { url, closed, closings } = serve(events);
    const response = await fetch(url);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(await response.text()).toBe('{"n":1,"fill":"line\\nbreak 漢"}\n{"n":2}\n');
    await closed;
    expect(closings()).toBe(1);
  });

  test("a line leaves although the next one is not there yet", async () => {
    const next = Promise.withResolvers<void>();
    async function* events(): AsyncGenerator<Line> {
      yield { n: 1 };
      await next.promise;
      yield { n: 2 };
    }
    const { url } = serve(events);
    const reader = (await fetch(url)).body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toBe('{"n":1}\n');
    next.resolve();
    const second = await reader?.read();
    expect(new TextDecoder().decode(second?.value)).toBe('{"n":2}\n');
  });

  test("a reader that goes away aborts the work first and then leaves the generator, once", async () => {
    const order: string[] = [];
    async function* events(signal: AbortSignal): AsyncGenerator<Line> {
      signal.addEventListener("abort", () => order.push(`abort ${signal.reason.code}`));
      try {
        yield { n: 1 };
        // The engine says nothing: only the abort gets us out of here.
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } finally {
        order.push("left");
      }
    }
    const { url, closed, closings } = serve(events);
    const client = new AbortController();
    const reader = (await fetch(url, { signal: client.signal })).body?.getReader();
    await reader?.read();
    client.abort();
    await closed;
    expect(order).toEqual(["abort cancelled", "left"]);
    expect(closings()).toBe(1);
  });

  test("a generator that throws still ends in a line of its own", async () => {
    async function* events(): AsyncGenerator<Line> {
      yield { n: 1 };
      throw new Error("unforeseen");
    }
    const { url, closed } = serve(events);
    expect(await (await fetch(url)).text()).toBe('{"n":1}\n{"failed":"Error: unforeseen"}\n');
    await closed;
  });

  test("a reader that stalls holds back the generator, and is left after the stall time", async () => {
    let produced = 0;
    let left = false;
    async function* events(): AsyncGenerator<Line> {
      try {
        for (;;) yield { n: produced++, fill: "x".repeat(1000) };
      } finally {
        left = true;
      }
    }
    const { url, controller, closed } = serve(events, 400);
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(url).port),
      socket: {
        data(socket) {
          socket.pause();
        },
      },
    });
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await closed;
    expect(left).toBe(true);
    expect(controller.signal.reason).toBeInstanceOf(AppError);
    expect(controller.signal.reason.code).toBe("stream_stalled");
    // What fits into the buffers of the kernel and the socket, a few MB, and not more.
    expect(produced).toBeLessThan(12_000);
    socket.end();
  });

  test("a generator that throws while it is left is reported, and nothing else happens", async () => {
    async function* events(): AsyncGenerator<Line> {
      try {
        for (;;) yield { fill: "x".repeat(100_000) };
      } finally {
        await unforeseen();
      }
    }
    const { url, controller, closed, errors } = serve(events);
    const reader = (await fetch(url)).body?.getReader();
    await reader?.read();
    controller.abort(new AppError("shutting_down", "stop"));
    await closed;
    expect(errors).toEqual(["Error: unforeseen"]);
  });

  test("cancelled work whose last line takes its time still sends it to a reader that is there", async () => {
    async function* events(signal: AbortSignal): AsyncGenerator<Line> {
      yield { n: 1 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await Bun.sleep(1_500);
      yield { failed: "shutting_down" };
    }
    const { url, controller } = serve(events);
    const text = (await fetch(url)).text();
    controller.abort(new AppError("shutting_down", "stop"));
    expect(await text).toBe('{"n":1}\n{"failed":"shutting_down"}\n');
  });

  test("cancelled work sends its last lines to a reader that is there", async () => {
    async function* events(signal: AbortSignal): AsyncGenerator<Line> {
      yield { n: 1 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      yield { failed: "shutting_down" };
    }
    const { url, controller } = serve(events);
    const response = await fetch(url);
    const text = response.text();
    controller.abort(new AppError("shutting_down", "stop"));
    expect(await text).toBe('{"n":1}\n{"failed":"shutting_down"}\n');
  });
});
