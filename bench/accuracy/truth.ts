/** The documents whose text is known: images and one-page PDFs with the text beside them. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface TruthDocument {
  name: string;
  path: string;
  /** As the manifest says: `en`, `zh-Hans`, `en+de+fr`. */
  language: string;
  /** For the table: languages that are read by the same means. */
  group: string;
  truth: string;
}

const GROUPS = [
  { group: "English", languages: /^en$/ },
  { group: "Chinese", languages: /^zh/ },
  { group: "German, French, Spanish, Italian, Dutch", languages: /^(?:de|fr|es|it|nl)$/ },
  { group: "Latin, mixed", languages: /^(?:la|en\+)/ },
];

/** @param folder holds MANIFEST.tsv and `truth/`. */
export function readTruth(folder: string, filter: string): TruthDocument[] {
  const [, ...rows] = readFileSync(join(folder, "MANIFEST.tsv"), "utf8").trim().split("\n");
  return rows
    .map((row) => row.split("\t"))
    .filter(([path = ""]) => path.startsWith("truth/") && basename(path).startsWith(filter))
    .map(([path = "", , , language = ""]) => {
      const textPath = join(folder, path.replace(/\.[^.]+$/, ".txt"));
      if (!existsSync(textPath)) throw new Error(`There is no text beside ${path}.`);
      const name = basename(path);
      return {
        name,
        path: join(folder, path),
        language,
        group: groupOf(name, language),
        truth: readFileSync(textPath, "utf8"),
      };
    });
}

function groupOf(name: string, language: string): string {
  // Nobody reads it here; in the mean of English print it would hide everything else.
  if (name.includes("handwriting")) return "Handwriting";
  return GROUPS.find(({ languages }) => languages.test(language))?.group ?? "Other scripts";
}
