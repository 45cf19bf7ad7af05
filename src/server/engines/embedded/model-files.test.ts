import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { charactersOf, findModelFiles, readDictionary, splitDictionary } from "./model-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-models-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...names: string[]): void {
  for (const name of names) writeFileSync(join(folder, name), "");
}

describe("the models of a folder", () => {
  test("are told by their names, whatever their generation", () => {
    put("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "README.md");
    expect(findModelFiles(folder)).toEqual({
      detection: join(folder, "PP-OCRv6_det_small.onnx"),
      recognition: join(folder, "PP-OCRv6_rec_small.onnx"),
      quick: undefined,
      dictionary: undefined,
      name: "PP-OCRv6_rec_small",
    });
    put("keys.txt");
    expect(findModelFiles(folder).dictionary).toBe(join(folder, "keys.txt"));
  });

  test.each<[string[], RegExp]>([
    [[], /no detection model/],
    [["a_det.onnx"], /no recognition model/],
    [["a_det.onnx", "b_det.onnx", "rec.onnx"], /more than one detection model.*a_det.*b_det/],
    [["det.onnx", "rec.onnx", "a.txt", "b.txt"], /more than one dictionary/],
  ])("%j is refused in words", (names, message) => {
    put(...names);
    expect(() => findModelFiles(folder)).toThrow(message);
  });

  test("a folder that is not there is refused in words", () => {
    expect(() => findModelFiles(join(folder, "none"))).toThrow(/there is no folder/);
  });

  test("without a folder those of the package are read, and the quick one with them", () => {
    const { dictionary = "", quick = "" } = findModelFiles(undefined);
    expect(readDictionary(dictionary)).toHaveLength(6623);
    expect(existsSync(quick)).toBe(true);
  });
});

describe("a dictionary", () => {
  test("gets its blank, and the space where the model has a class for it", () => {
    expect(charactersOf(["a", "b"], 3)).toEqual(["", "a", "b"]);
    expect(charactersOf(["a", "b"], 4)).toEqual(["", "a", "b", " "]);
  });

  test("of another model is refused in words", () => {
    expect(() => charactersOf(["a", "b"], 9)).toThrow(/2 characters.*9 classes/);
  });

  test("has a character a line, a blank one included", () => {
    expect(splitDictionary("a\r\n\u3000\nb\n")).toEqual(["a", "\u3000", "b"]);
  });
});
