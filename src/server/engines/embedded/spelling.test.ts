import { describe, expect, test } from "bun:test";
import type { Alternative, Character } from "./ctc.ts";
import { Spelling } from "./spelling.ts";
import { loadWords } from "./word-list.ts";

const words = loadWords();

/** `{c|e1.5}`: read as c, with e as an alternative at a cost; `{^n2}x`: an n passed over before x. */
function line(text: string): Character[][] {
  return text.split(" ").map((word) => {
    const characters: Character[] = [];
    let missed: Alternative[] = [];
    for (const [, own, other, cost, missing, missingCost, plain] of word.matchAll(
      /\{(.)\|(\D*)([\d.]+)\}|\{\^(.)([\d.]+)\}|(.)/gu,
    )) {
      if (missing !== undefined) {
        missed = [{ text: missing, cost: Number(missingCost) }];
        continue;
      }
      const others = own === undefined ? [] : [{ text: other ?? "", cost: Number(cost) }];
      characters.push({
        text: own ?? plain ?? "",
        confidence: 0.9,
        center: characters.length / 10,
        spaceBefore: 0,
        others,
        missed,
      });
      missed = [];
    }
    return characters;
  });
}

function mend(text: string, spelling = new Spelling(words)): string {
  return spelling
    .mendLine(line(text))
    .map((group) => group.map((character) => character.text).join(""))
    .join(" ");
}

describe("spelling", () => {
  test.each([
    ["they saw the L{c|e1.5}ague t{c|e1}am play", "they saw the League team play"],
    ["of broken, b{a|e4}s{c|e3}ball, print", "of broken, baseball, print"],
    ["a begin{^n1}ing that is right", "a beginning that is right"],
    ["a begi{n|nn2}ing that is right", "a beginning that is right"],
    ["Nove{r|2}mber will come soon", "November will come soon"],
    ["the 0rder came with Appr0va1", "the Order came with Approval"],
    ["when they come it wil l be ful l.", "when they come it will be full."],
    ["there are a few areas", "there are a few areas"],
  ])("%s is mended to %s", (read, text) => {
    expect(mend(read)).toBe(text);
  });

  test.each([
    "the Treesville of Mr Jet{c|e1}r",
    "model X1000 and A4 paper are here",
    "the x{c|e1}z was here",
    "the total of it in E{U|2.8}R",
    "12 of 0123 and 10:51",
  ])("what is no word with any alternative stays: %s", (read) => {
    expect(mend(read)).toBe(read.replaceAll(/\{(.)\|.[\d.]+\}/g, "$1"));
  });

  test("a page in another language stays as it is", () => {
    const spelling = new Spelling(words);
    mend("Wer reitet so spät durch Nacht und Wind", spelling);
    expect(mend("Es ist der Vat{c|e1}r und L{c|e1}ague", spelling)).toBe(
      "Es ist der Vatcr und Lcague",
    );
  });

  test("what was mended is less sure than what was read", () => {
    const [, , mended] = new Spelling(words).mendLine(line("in the L{c|e1.5}ague"));
    expect(mended?.[1]?.confidence).toBeLessThan(0.3);
    expect(mended?.[0]?.confidence).toBe(0.9);
  });
});
