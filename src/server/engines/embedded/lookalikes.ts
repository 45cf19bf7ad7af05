/**
 * Letters and digits that look alike, told apart by what stands around them in the word: SEcTION,
 * PasS, 12:0o, C0FFEE. Words of any language and codes stay as they are where nothing is certain.
 */
import type { Character } from "./ctc.ts";

/** Not `3o`, which is an ordinal in Spanish. */
const NUMBER_WITH_LETTERS = /^\p{Sc}?\d+[.:,][\doO]*[oO][\doO]*[.,;]?$/u;
const AMOUNT_WITH_LETTERS = /^\d[\doO]*(?:%|m[gm]|m?[lL]|k[gm]|cm|M[GL]|KG|CT|PK)[.,;)]?$/;
const YEAR_WITH_LETTERS = /^[12][oO\d]{3}[.,;:)]?$/;
const NUMBERS_WITH_LETTERS = [NUMBER_WITH_LETTERS, AMOUNT_WITH_LETTERS, YEAR_WITH_LETTERS];
/** Small and capital letters of one shape. */
const SAME_SHAPE = /[cosvwxzCOSVWXZ]/;
/** Capitals, of which some were taken for small letters; not the plural PCs, nor McADAMS. */
const CAPITALS =
  /^(?!Mc)(?!.*(?:'s|[sz])$)(?=(?:.*[A-BD-NP-RTUY]){2})[A-Z'&.-]*[cosuvwxz][A-Zcouvwxz'&.-]*$/;
/** A small word of which one letter was taken for a capital. */
const SMALL = /^(\p{L}?\p{Ll}*)([COSVWXZ])(\p{Ll}*)$/u;
/** A zero in a word, and an o. */
const ZERO_IN_CAPITALS = /^\p{Lu}+0\p{Lu}+$/u;
const ZERO_FIRST = /^0\p{Ll}{3,}$/u;
/** Units after a number, and what they are taken for. */
const THOUSANDS = /^[($€£+-]*[1-9]\d{0,2}(?:[.,]\d{3})+(?<cents>\.\d\d)?[^\p{L}\d]*$/du;
const DOLLARS = /^[(+-]*S\d{1,3}(?:,?\d{3})*[.,]\d\d?[^\p{L}\d]*$/u;
/** Above it, what the recogniser also saw is noise. */
const LARGEST_COST = 2.5;
const PER_POUND = /\d\/1b$/;
const POUNDS = /^Ibs?[.,;)]?$/;
/** `P.O.`, `U.S.C.` and the like. Section `A.0.` is none. */
const INITIALS = /^[(“"]?(?!\p{Lu}\.0\.\P{L}*$)\p{Lu}\.(?:[\p{L}0]\.)+[,:;)”"]?$|^P\.0\.[,:;]?$/u;
const OUNCES = /^\d+(?:[.,]\d+)?0[zZ]$/;

/** The characters of a word, with the marks around it. */
export function mendLookalikes(word: readonly Character[]): readonly Character[] {
  const group = mendAmount(mendInitials(mendInitial(mendPounds(word))));
  const text = group.map((one) => one.text).join("");
  const mended = mendText(text);
  if (mended === text || mended.length !== group.length) return group;
  return group.map((one, index) => {
    const better = mended[index] ?? one.text;
    return better === one.text ? one : { ...one, text: better };
  });
}

/** By its height. Small letters must follow it: `USA` is no `uSA`. */
function mendInitial(group: readonly Character[]): readonly Character[] {
  const at = group.findIndex(({ text }) => /[\p{L}\d]/u.test(text));
  const [initial, next] = [group[at], group[at + 1]];
  if (initial?.isHigh === undefined || !next || !/^[\p{Ll}']$/u.test(next.text)) return group;
  if (!SAME_SHAPE.test(initial.text)) return group;
  const text = initial.isHigh ? initial.text.toUpperCase() : initial.text.toLowerCase();
  return text === initial.text ? group : group.with(at, { ...initial, text });
}

/** Its thousands are parted by commas where points are in doubt, and an S before it is a dollar's. */
function mendAmount(group: readonly Character[]): readonly Character[] {
  const text = group.map((one) => one.text).join("");
  if (DOLLARS.test(text))
    return group.map((one) => (one.text === "S" ? { ...one, text: "$" } : one));
  const found = THOUSANDS.exec(text);
  if (!found) return group;
  const isInDollars = text.includes("$");
  const end = found.indices?.groups?.["cents"]?.[0] ?? group.length - 1;
  return group.map((one, index) => {
    if (one.text !== "." || index >= end) return one;
    return isInDollars || maybe(one, ",") ? { ...one, text: "," } : one;
  });
}

function maybe({ others }: Character, text: string): boolean {
  return others.some((other) => other.text === text && other.cost < LARGEST_COST);
}

/** `Ib` is somebody's name, too. */
function mendPounds(group: readonly Character[]): readonly Character[] {
  const [initial] = group;
  const text = group.map((one) => one.text).join("");
  if (!initial || !POUNDS.test(text) || !(text.includes("s") || maybe(initial, "l"))) return group;
  return group.with(0, { ...initial, text: "l" });
}

/** None is a digit, and by their height they are capitals. */
function mendInitials(group: readonly Character[]): readonly Character[] {
  if (!INITIALS.test(group.map((one) => one.text).join(""))) return group;
  return group.map((one) => {
    if (one.text === "0") return { ...one, text: "O" };
    const isCapital = one.isHigh === true && SAME_SHAPE.test(one.text);
    return isCapital ? { ...one, text: one.text.toUpperCase() } : one;
  });
}

function mendText(text: string): string {
  if (NUMBERS_WITH_LETTERS.some((pattern) => pattern.test(text))) {
    return text.replaceAll(/[oO]/g, "0");
  }
  const [, before = "", core = "", after = ""] =
    /^([^\p{L}\d]*)(.*?)([^\p{L}\d]*)$/u.exec(text) ?? [];
  return before + mendCore(core) + after;
}

function mendCore(core: string): string {
  if (OUNCES.test(core)) {
    const isCapital = core.endsWith("Z");
    return core.slice(0, -2) + (isCapital ? "O" : "o") + core.slice(-1);
  }
  if (PER_POUND.test(core)) return `${core.slice(0, -2)}lb`;
  if (ZERO_IN_CAPITALS.test(core) && core.length > 3) return core.replaceAll("0", "O");
  if (ZERO_FIRST.test(core)) return `O${core.slice(1)}`;
  if (CAPITALS.test(core)) return core.toUpperCase();
  const [, start = "", letter = "", rest = ""] = SMALL.exec(core) ?? [];
  const isSmall = start.length >= 2 && start.length + rest.length >= 3 && rest.length < 2;
  if (isSmall && SAME_SHAPE.test(letter)) return start + letter.toLowerCase() + rest;
  return core;
}
