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
