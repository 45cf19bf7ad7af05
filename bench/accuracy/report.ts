/** The results as tables: a row a group of documents and engine. */
import type { Score } from "./score.ts";

/** One document, read by one engine. */
export interface Reading extends Score {
  document: string;
  group: string;
  engine: string;
  seconds: number;
  peakMb: number;
}

export interface RunInfo {
  commit: string;
  machine: string;
  bun: string;
  date: string;
}

const HEAD = [
  "documents",
  "engine",
  "word F1",
  "character F1",
  "character error rate",
  "s a page",
  "peak MiB",
];

/** A Markdown table; the worst groups are not hidden in a mean over all. */
export function toTable(readings: readonly Reading[]): string {
  const groups = Map.groupBy(readings, ({ group, engine }) => `${group}\0${engine}`);
  const rows = [...groups.values()].map((members) => {
    const [{ group, engine } = { group: "", engine: "" }] = members;
    const mean = (key: "wordF1" | "characterF1" | "characterErrorRate" | "seconds"): number =>
      members.reduce((sum, member) => sum + member[key], 0) / members.length;
    return [
      `${group} (${members.length})`,
      engine,
      mean("wordF1").toFixed(3),
      mean("characterF1").toFixed(3),
      mean("characterErrorRate").toFixed(3),
      mean("seconds").toFixed(2),
      Math.max(...members.map((member) => member.peakMb)).toFixed(0),
    ];
  });
  const sorted = rows.toSorted((a, b) => `${a[0]} ${a[1]}`.localeCompare(`${b[0]} ${b[1]}`));
  const lines = [HEAD, HEAD.map(() => "---"), ...sorted];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function toMarkdown(readings: readonly Reading[], run: RunInfo): string {
  return `# Accuracy

Written by \`bun run bench:accuracy\` on ${run.date}, at commit ${run.commit}, with Bun ${run.bun} on
${run.machine}. Both engines read the same pixels on one thread, one after the other; tesseract is told the
language where its data for it is installed. Words and characters are scored whatever their order, the
error rate in reading order.

${toTable(readings)}
`;
}
