/**
 * Writes what `config.ts` says of each variable into `docs/configuration.md`, the README's short table
 * and `.env.example`. `--check` writes nothing and fails where they differ.
 */
import { join } from "node:path";
import { type VariableDoc, describeVariables } from "../src/server/config.ts";
import { fail, root, say } from "./terminal.ts";

const BEGIN = "<!-- configuration: written by `bun run docs:config` -->";
const END = "<!-- /configuration -->";

/** What most people set: the README has these alone. */
const COMMON = new Set([
  "PORT",
  "HOST",
  "DATA_DIR",
  "AUTH_ENABLED",
  "LLM_BASE_URL",
  "LLM_API_KEY",
  "LLM_MODEL",
  "LLM_PROMPT",
  "MAX_UPLOAD_MB",
  "RETENTION_DAYS",
  "BACKUP_DIR",
]);

/** The headings of the whole reference, each before the variable with which its section begins. */
const SECTIONS: Record<string, string> = {
  PORT: "The server",
  SECRET_KEY: "Accounts",
  METRICS_TOKEN: "Metrics",
  MAX_UPLOAD_MB: "Files and pages",
  RETENTION_DAYS: "What is kept",
  LLM_BASE_URL: "An OpenAI-compatible engine",
  EMBEDDED_PROCESSES: "The built-in engine",
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** A Markdown table of some of the variables. */
export function shortTable(variables: readonly VariableDoc[]): string {
  const rows = variables.map(
    ({ name, default: fallback, description }) =>
      `| \`${name}\` | ${cell(fallback)} | ${cell(description)} |`,
  );
  return ["| variable | default | what it is for |", "|---|---|---|", ...rows].join("\n");
}

/** All of the variables in Markdown, a section and a table for each group. */
export function reference(variables: readonly VariableDoc[]): string {
  return variables
    .flatMap(({ name, values, default: fallback, description }) => {
      const section = SECTIONS[name];
      const head = "| variable | values | default | what it is for |\n|---|---|---|---|";
      const row = `| \`${name}\` | ${cell(values)} | ${cell(fallback)} | ${cell(description)} |`;
      return section === undefined ? [row] : ["", `## ${section}`, "", head, row];
    })
    .join("\n")
    .trim();
}

/** The text with what stands between the markers replaced. */
export function withTable(document: string, table: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the document has no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

/** Every variable, commented out, with its default where that is a plain value. */
export function envExample(variables: readonly VariableDoc[]): string {
  const entries = variables.map(({ name, default: fallback, description }) => {
    const plain = /^`([^`]*)`$/.exec(fallback)?.[1];
    const note = plain === undefined && fallback !== "" ? ` Default: ${fallback}.` : "";
    return `# ${description.replaceAll("`", "")}${note.replaceAll("`", "")}\n# ${name}=${plain ?? ""}\n`;
  });
  return `# Copy to .env and change what you need; docs/configuration.md says more.\n\n${entries.join("\n")}`;
}

async function main(isCheck: boolean): Promise<void> {
  const variables = describeVariables();
  const readmePath = join(root, "README.md");
  const readme = await Bun.file(readmePath).text();
  const common = variables.filter(({ name }) => COMMON.has(name));
  const referencePath = join(root, "docs/configuration.md");
  const whole = await Bun.file(referencePath).text();
  const wanted = [
    { path: readmePath, text: withTable(readme, shortTable(common)) },
    { path: referencePath, text: withTable(whole, reference(variables)) },
    { path: join(root, ".env.example"), text: envExample(variables) },
  ];
  for (const { path, text } of wanted) {
    const file = Bun.file(path);
    if ((await file.exists()) && (await file.text()) === text) continue;
    if (isCheck) fail(`${path} is not what config.ts says. Run \`bun run docs:config\`.`);
    await Bun.write(path, text);
    say(`Written: ${path}`);
  }
}

if (import.meta.main) await main(process.argv.includes("--check"));
