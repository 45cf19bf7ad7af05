/**
 * Writes what `config.ts` says of each variable into the README's table and into `.env.example`.
 * `--check` writes nothing and fails where they differ.
 */
import { join } from "node:path";
import { type VariableDoc, describeVariables } from "../src/server/config.ts";
import { fail, root, say } from "./terminal.ts";

const BEGIN = "<!-- configuration: written by `bun run docs:config` -->";
const END = "<!-- /configuration -->";

/** A Markdown table of the variables. */
export function configTable(variables: readonly VariableDoc[]): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const rows = variables.map(
    ({ name, default: fallback, description }) =>
      `| \`${name}\` | ${cell(fallback)} | ${cell(description)} |`,
  );
  return ["| variable | default | what it is for |", "|---|---|---|", ...rows].join("\n");
}

/** The text with what stands between the markers replaced. */
export function withTable(readme: string, table: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

/** Every variable, commented out, with its default where that is a plain value. */
export function envExample(variables: readonly VariableDoc[]): string {
  const entries = variables.map(({ name, default: fallback, description }) => {
    const plain = /^`([^`]*)`$/.exec(fallback)?.[1];
    const note = plain === undefined && fallback !== "" ? ` Default: ${fallback}.` : "";
    return `# ${description.replaceAll("`", "")}${note.replaceAll("`", "")}\n# ${name}=${plain ?? ""}\n`;
  });
  return `# Copy to .env and change what you need; README.md says more.\n\n${entries.join("\n")}`;
}

async function main(isCheck: boolean): Promise<void> {
  const variables = describeVariables();
  const readmePath = join(root, "README.md");
  const readme = await Bun.file(readmePath).text();
  const wanted = [
    { path: readmePath, text: withTable(readme, configTable(variables)) },
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
