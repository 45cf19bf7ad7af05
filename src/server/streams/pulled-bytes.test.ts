import { expect, test } from "bun:test";
import { pulledBytes } from "./pulled-bytes.ts";

test("chunks are made when they are asked for, texts and bytes alike", async () => {
  let made = 0;
  async function* chunks(): AsyncGenerator<string | Uint8Array> {
    for (const chunk of ["ä", new Uint8Array([33]), "x"]) {
      made++;
      yield chunk;
    }
  }
  const reader = pulledBytes(chunks()).getReader();
  expect(made).toBe(0);
  expect((await reader.read()).value).toEqual(new TextEncoder().encode("ä"));
  expect(made).toBe(1);
  expect((await reader.read()).value).toEqual(new Uint8Array([33]));
  expect(made).toBe(2);
});

test("who leaves ends the source; a source that fails cuts the body", async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) yield "x";
    } finally {
      isEnded = true;
    }
  }
  const reader = pulledBytes(endless()).getReader();
  await reader.read();
  await reader.cancel();
  expect(isEnded).toBe(true);
  async function* failing(): AsyncGenerator<string> {
    yield "x";
    throw new Error("the store is gone");
  }
  const text = new Response(pulledBytes(failing())).text();
  expect(await text.catch((error: unknown) => String(error))).toContain("the store is gone");
});

test("its end is told once, when the last of it was read, it has failed, or its reader has left", async () => {
  const told: string[] = [];
  const hooks = { onLeave: () => told.push("left"), onEnd: () => told.push("end") };
  expect(await new Response(pulledBytes(["a", "b"], hooks)).text()).toBe("ab");
  expect(told.splice(0)).toEqual(["end"]);
  function* failing(): Generator<string> {
    yield "a";
    throw new Error("broken");
  }
  const failed = new Response(pulledBytes(failing(), hooks)).text();
  expect(await failed.catch((error: unknown) => String(error))).toContain("broken");
  expect(told.splice(0)).toEqual(["end"]);
  const reader = pulledBytes(["a", "b"], hooks).getReader();
  await reader.read();
  await reader.cancel();
  expect(told).toEqual(["left", "end"]);
});

test("who leaves while the next chunk is awaited can have the source end", async () => {
  const left = Promise.withResolvers<string>();
  async function* waiting(): AsyncGenerator<string> {
    yield "a";
    yield await left.promise;
  }
  const reader = pulledBytes(waiting(), { onLeave: () => left.resolve("b") }).getReader();
  await reader.read();
  const next = reader.read();
  await reader.cancel();
  expect((await next).done).toBe(true);
});
