import { expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { damagesModule, decoderFailure } from "./failures.ts";

test("what a decoder throws becomes an error about the file or the page", () => {
  const error = new Error("cannot find object in xref");
  expect(decoderFailure("open", error).code).toBe("file_damaged");
  expect(decoderFailure("page", error).code).toBe("page_unreadable");
  const memory = new Error("malloc (1258291200 bytes) failed");
  expect(decoderFailure("open", memory).code).toBe("open_memory");
  expect(decoderFailure("page", memory).code).toBe("page_memory");
  const known = new AppError("no_pages", "None.");
  expect(decoderFailure("page", known)).toBe(known);
  expect(decoderFailure("page", new AppError("file_damaged", "Bad."))).toMatchObject({
    code: "page_unreadable",
  });
});

test("a process is replaced after errors that leave its memory in doubt, and only then", () => {
  const outOfBounds = new WebAssembly.RuntimeError("Out of bounds memory access");
  for (const error of [outOfBounds, new RangeError("stack"), new Error("malloc failed")]) {
    expect(damagesModule(error)).toBe(true);
    expect(damagesModule(decoderFailure("page", error))).toBe(true);
  }
  expect(damagesModule(new Error("syntax error in content stream"))).toBe(false);
  expect(damagesModule(decoderFailure("page", new Error("syntax error")))).toBe(false);
});
