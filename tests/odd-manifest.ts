/** Reads what the manifest of the hostile files says must happen to each. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface OddFile {
  name: string;
  path: string;
  /** `refuse`: an error before the stream; `open`: its pages are read; `either`: both are right. */
  verdict: "open" | "refuse" | "either";
  /** Where the file opens. */
  pages?: number;
  /** Of these, the pages that nobody can read. */
  brokenPages: number[];
  password?: string;
  /** Words that a reader of its pages must find. */
  text?: string;
  expected: string;
}

const MUST_REFUSE =
  /^(?:must be rejected|needs a password|clear 4xx(?!.* or )|415\/4xx(?!, or)|4xx: no pages|4xx "password needed"(?! or| \()|AES-128; password|user "foo")/;
/** A branch of the page tree that leads back to itself counts as a page, and has no content. */
const BROKEN_PAGES = new Map([["pdf_js_Pages-tree-refs.pdf", [2]]]);
const MAY_REFUSE = /4xx|413|415|damaged|clear message/;

/** @param data the folder that holds MANIFEST.tsv. */
export function readOddFiles(data: string): OddFile[] {
  const [, ...rows] = readFileSync(join(data, "MANIFEST.tsv"), "utf8").trim().split("\n");
  return rows
    .filter((row) => row.startsWith("odd/"))
    .map((row) => {
      const [path = "", , pages = "", , , expectedField = ""] = row.split("\t");
      const expected = expectedField.replace(/^EXPECTED: /, "");
      const password = passwordIn(expected);
      const text = textIn(expected, data);
      return {
        name: basename(path),
        path: join(data, path),
        verdict: verdictOf(expected),
        brokenPages: BROKEN_PAGES.get(basename(path)) ?? [],
        ...(/^\d+$/.test(pages) && { pages: Number(pages) }),
        ...(password !== undefined && { password }),
        ...(text !== undefined && { text }),
        expected,
      };
    });
}

function verdictOf(expected: string): OddFile["verdict"] {
  if (MUST_REFUSE.test(expected)) return "refuse";
  return MAY_REFUSE.test(expected) ? "either" : "open";
}

function passwordIn(expected: string): string | undefined {
  const match = /(?:password(?: is)?|user) "([^"]+)"(?! needed)/.exec(
    expected.replaceAll('"password needed"', ""),
  );
  return match?.[1]?.replace("<U+00AD>", "\u00AD");
}

function textIn(expected: string, data: string): string | undefined {
  const truth = /text (?:of|as) (truth\/\S+\.txt)/.exec(expected)?.[1];
  if (truth !== undefined) {
    // Best effort is no promise.
    return expected.startsWith("best effort") ? undefined : readFileSync(join(data, truth), "utf8");
  }
  if (
    !/^(?:\d pages?:? \(?"|"|1 page; recipe)/.test(expected) ||
    expected.includes("only visible")
  ) {
    return undefined;
  }
  return /"([^"]+)"/.exec(expected)?.[1]?.replace(/ \d? ?\/.*| N$|\.\.\.$/, "");
}
