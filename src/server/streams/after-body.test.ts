import { expect, test } from "bun:test";
import { afterBody } from "./after-body.ts";

/** A response of these chunks, and how often its end was told. */
function watched(chunks: string[], fails = false) {
  const told = { ends: 0, cancelled: false };
  const body = new ReadableStream(
    {
      pull(stream) {
        const chunk = chunks.shift();
        if (chunk !== undefined) stream.enqueue(new TextEncoder().encode(chunk));
        else if (fails) stream.error(new Error("broken"));
        else stream.close();
      },
      cancel() {
        told.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init = { status: 202, headers: { "content-type": "text/event-stream" } };
  return { told, response: afterBody(new Response(body, init), () => told.ends++) };
}

test("a response is the same, and its end is told when the last of it was read", async () => {
  const { told, response } = watched(["a", "b"]);
  expect([response.status, response.headers.get("content-type")]).toEqual([
    202,
    "text/event-stream",
  ]);
  expect(told.ends).toBe(0);
  expect(await response.text()).toBe("ab");
  expect(told).toEqual({ ends: 1, cancelled: false });
});

test("a reader that leaves is an end, and leaves the source", async () => {
  const { told, response } = watched(["a", "b"]);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(told).toEqual({ ends: 1, cancelled: true });
});

test("so is a body that fails", async () => {
  const { told, response } = watched(["a"], true);
  const error: unknown = await response.text().catch((reason: unknown) => reason);
  expect(String(error)).toContain("broken");
  expect(told.ends).toBe(1);
});

test("a response without a body has ended", () => {
  let ends = 0;
  expect(afterBody(new Response(null, { status: 204 }), () => ends++).status).toBe(204);
  expect(ends).toBe(1);
});
