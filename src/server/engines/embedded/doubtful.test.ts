import { describe, expect, test } from "bun:test";
import type { Alternative, Character } from "./ctc.ts";
import { doubtfulParts } from "./doubtful.ts";
import { InkColumns } from "./ink-gaps.ts";
import { packedPicture } from "./picture.ts";

/** Pixels: letters are upright strokes, four wide, in the middle of cells of ten. */
const [CELL, STROKE, HEIGHT] = [10, 4, 28];
const DOUBT = 0.4;
const words = new Set(["quick", "brown", "fox", "jumps", "over", "this", "a", "thing", "here"]);

/** @param text in which letters between asterisks are doubtful. */
function lineOf(text: string): { reading: Character[]; ink: InkColumns; width: number } {
  const width = text.replaceAll("*", "").length * CELL;
  const data = new Uint8Array(width * HEIGHT * 3).fill(255);
  const reading: Character[] = [];
  let [cell, isSure, spaceBefore] = [0, true, 0];
  for (const letter of text) {
    if (letter === "*") isSure = !isSure;
    else if (letter === " ") [cell, spaceBefore] = [cell + 1, 0.9];
    else {
      const left = cell * CELL + (CELL - STROKE) / 2;
      for (let y = 6; y < 22; y++)
        data.fill(0, (y * width + left) * 3, (y * width + left + STROKE) * 3);
      const confidence = isSure ? 0.99 : DOUBT;
      const center = (left + STROKE / 2) / width;
      reading.push({ text: letter, confidence, center, spaceBefore, others: [], missed: [] });
      [cell, spaceBefore] = [cell + 1, 0];
    }
  }
  const box = { center: { x: width / 2, y: HEIGHT / 2 }, width, height: HEIGHT, angle: 0 };
  return { reading, ink: new InkColumns(packedPicture(width, HEIGHT, data), box), width };
}

function miss(text: string, cost: number): Alternative[] {
  return [{ text, cost }];
}

/** The texts of the parts. */
function textsOf({ reading, ink }: ReturnType<typeof lineOf>): string[] {
  return doubtfulParts(reading, ink, words).map(({ first, end }) =>
    reading
      .slice(first, end)
      .map(({ text }) => text)
      .join(""),
  );
}

describe("the doubtful parts of a line", () => {
  test.each<[string, string, string[]]>([
    ["are none where all is clear", "quick brown fox", []],
    ["are whole words", "quick br*o*wn fox", ["brown"]],
    ["reach to the ends of the line", "*q*uick brown fo*x*", ["quick", "fox"]],
    ["are one where they are neighbours", "quick b*r*own fox jump*s* over", ["brown", "jumps"]],
    ["are one where words follow each other", "quick b*r*own f*o*x jumps", ["brownfox"]],
    ["are one with a word between that is a letter", "thi*s* a th*i*ng here", ["thisathing"]],
  ])("%s", (_, text, parts) => {
    expect(textsOf(lineOf(text))).toEqual(parts);
  });

  /**
   * @param change to each w of a line in which "brown" is a word, "crwth" is none, "thwng" is one with
   *   a mistake, and "3w" is a number.
   */
  function partsWith(change: Partial<Character>): string[] {
    const line = lineOf("quick brown fox crwth 3w thwng");
    const changed = (one: Character): Character => (one.text === "w" ? { ...one, ...change } : one);
    return textsOf({ ...line, reading: line.reading.map(changed) });
  }

  const UNKNOWN = "crwth3wthwng";
  const SUSPECT = "3wthwng";
  test.each<[string, Partial<Character>, string[]]>([
    ["known words that are hardly read", { confidence: 0.45 }, ["brown", UNKNOWN]],
    ["unknown ones that are not quite clear", { confidence: 0.65 }, [UNKNOWN]],
    ["mistakes and numbers that are a little less than clear", { confidence: 0.85 }, [SUSPECT]],
    ["no word that is clear", { confidence: 0.95 }, []],
    ["words that most likely lack a letter", { missed: miss("i", 0.1) }, ["brown", UNKNOWN]],
    ["unknown ones that may lack one", { missed: miss("i", 0.8) }, [UNKNOWN]],
    ["mistakes that may well not lack one", { missed: miss("i", 1.5) }, [SUSPECT]],
    ["none that lacks one most likely not", { missed: miss("i", 2.5) }, []],
    ["none for the edge of a letter", { missed: miss("w", 0.1) }, []],
    ["unknown ones with a letter that may be two", { others: miss("ww", 3) }, [UNKNOWN]],
    ["none with a letter that may be another", { others: miss("v", 3) }, []],
  ])("hold %s", (_, change, parts) => {
    expect(partsWith(change)).toEqual(parts);
  });

  test("hold a number as soon as a mistake, for any other digits make a number, too", () => {
    const { reading, ...line } = lineOf("quick 1234 fox");
    const changed = reading.map((one) => (one.text === "2" ? { ...one, confidence: 0.75 } : one));
    expect(textsOf({ ...line, reading: changed })).toEqual(["1234"]);
  });

  test("have paper around them, and nothing of the words beside them", () => {
    const { reading, ink, width } = lineOf("quick  br*o*wn  fox");
    const [part] = doubtfulParts(reading, ink, words);
    // Strokes from 73 to 117, and a quarter of the height, 7, on both sides, to a column.
    expect(Math.abs((part?.from ?? 0) * width - 66)).toBeLessThan(1);
    expect(Math.abs((part?.to ?? 0) * width - 124)).toBeLessThan(1);
  });

  test("end half way to the next character where print touches print", () => {
    const line = lineOf("quick br*o*wn fox");
    const { width } = line;
    const data = new Uint8Array(width * HEIGHT * 3);
    const box = { center: { x: width / 2, y: HEIGHT / 2 }, width, height: HEIGHT, angle: 0 };
    // Each other row is black: there is no column without print.
    for (let y = 0; y < HEIGHT; y++)
      data.fill(y % 2 === 0 ? 0 : 255, y * width * 3, (y + 1) * width * 3);
    const ink = new InkColumns(packedPicture(width, HEIGHT, data), box);
    const [part] = doubtfulParts(line.reading, ink, words);
    expect(Math.round((part?.from ?? 0) * width)).toBe(55);
    expect(Math.round((part?.to ?? 0) * width)).toBe(115);
  });
});
