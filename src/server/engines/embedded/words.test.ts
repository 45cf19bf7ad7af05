import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { Spelling } from "./spelling.ts";
import { splitWords } from "./words.ts";

/**
 * Characters at even distances; `_` is a space that the recogniser saw, `~` a gap that it did not,
 * `?` one that it may have seen, without a gap, and `^` one that it hardly did.
 */
function line(text: string): Character[] {
  const characters: Character[] = [];
  let [at, spaceBefore] = [0, 0];
  for (const character of text) {
    at += character === "~" ? 4 : Number(!"?^".includes(character));
    if (character === "_") spaceBefore = 0.9;
    if (character === "?") spaceBefore = 0.5;
    if (character === "^") spaceBefore = 0.4;
    if ("_~?^".includes(character)) continue;
    characters.push({
      text: character,
      confidence: 0.9,
      center: at / 100,
      spaceBefore,
      others: [],
      missed: [],
    });
    spaceBefore = 0;
  }
  return characters;
}

const textOf = (characters: Character[]): string =>
  splitWords(characters)
    .map((word) => word.text)
    .join(" ");

describe("the words of a line", () => {
  test.each([
    ["two_words", "two words"],
    ["far~apart,_and_near", "far apart, and near"],
    ["漢_字~和", "漢字和"],
    ["第_3_页", "第 3 页"],
    ["单号2041", "单号2041"],
    ["请到95306~发货", "请到95306 发货"],
    ["编号：_2041", "编号： 2041"],
    ["编号：~2041", "编号：2041"],
    ["Number?:_3_pieces", "Number: 3 pieces"],
    ["the_end?,?perhaps", "the end, perhaps"],
    ["1,234_(?net?)", "1,234 (net)"],
    ["x", "x"],
    ["", ""],
  ])("%s reads %s", (drawn, text) => {
    expect(textOf(line(drawn))).toBe(text);
  });

  test("one half of a Chinese dash is not the number one, which it looks like", () => {
    const others = [{ text: "—", cost: 0.5 }];
    const dash = line("账户一—这").map((one) => ({ ...one, others }));
    expect(textOf(dash)).toBe("账户——这");
    expect(textOf(line("周一—周五"))).toBe("周一—周五");
    expect(textOf(line("一个").map((one) => ({ ...one, others })))).toBe("一个");
  });

  test("a gap that was measured says more than the distance of the middles", () => {
    const drawn = line("8AM-6PM").map((one, index) => ({
      ...one,
      gapBefore: index === 1 || index === 5 ? 0.01 : 0.001,
    }));
    expect(textOf(drawn)).toBe("8 AM-6 PM");
    expect(textOf(drawn.map((one) => ({ ...one, gapBefore: 0.01 })))).toBe("8AM-6PM");
  });

  test("where the picture shows no gap in the whole line, the middles count as if unmeasured", () => {
    const drawn = line("far~apart").map((one) => ({ ...one, gapBefore: 0 }));
    expect(textOf(drawn)).toBe("far apart");
  });

  test.each([
    ["l?'?énergie", "l'énergie"],
    ["(_)_yes", "( ) yes"],
    ["well-?-then", "well--then"],
    ["8:0o_PM,_$1.O5", "8:00 PM, $1.05"],
    ["3o,_model_4O,_ratio_2:one", "3o, model 4O, ratio 2:one"],
  ])("%s reads %s, as people write", (drawn, text) => {
    expect(textOf(line(drawn))).toBe(text);
  });

  test("each stands where its characters are, with their mean confidence", () => {
    const [first, second] = splitWords(line("ab_cd"));
    expect(first?.confidence).toBeCloseTo(0.9);
    expect(first?.start).toBeLessThan(0.01);
    expect(first?.end).toBeCloseTo(0.025);
    expect(second?.start).toBeCloseTo(0.035);
    expect(second?.end).toBeCloseTo(0.055);
  });
});

test("words that are none together are parted at a gap that is hardly one", () => {
  const spelling = new Spelling(new Set(["is", "required", "a", "new", "household", "annual"]));
  const partsOf = (text: string): string[] =>
    splitWords(line(text), spelling).map((word) => word.text);
  expect(partsOf("is^required")).toEqual(["is", "required"]);
  expect(textOf(line("is^required"))).toBe("isrequired");
  expect(partsOf("Annual.^household")).toEqual(["Annual.", "household"]);
  expect(partsOf("Northfield^Dairy")).toEqual(["Northfield", "Dairy"]);
  // Without any gap, and where what is left would be no words.
  expect(partsOf("isrequired")).toEqual(["isrequired"]);
  expect(partsOf("YouTube")).toEqual(["YouTube"]);
  expect(partsOf("is^rqd")).toEqual(["isrqd"]);
});

test("rules that text stands on are no part of it", () => {
  const ruled = line("RP-20417X").map((one) =>
    /[RX]/.test(one.text) ? { ...one, text: "_" } : one,
  );
  expect(textOf(ruled)).toBe("P-20417");
  expect(textOf(ruled.map((one) => ({ ...one, text: "_" })))).toBe("_________");
});
