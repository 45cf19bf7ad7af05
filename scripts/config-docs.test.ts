import { expect, test } from "bun:test";
import { describeVariables } from "../src/server/config.ts";
import { envExample, reference, shortTable, withTable } from "./config-docs.ts";

const variables = [
  { name: "PORT", values: "0–65535", default: "`3000`", description: "Port | or `0`." },
  {
    name: "SECRET_KEY",
    values: "",
    default: "generated, kept in `DATA_DIR`",
    description: "Signs.",
  },
  { name: "ALGORITHM", values: "`HS256`", default: "`HS256`", description: "Signs, too." },
];

test("the table has a row for each variable, and no text breaks its columns", () => {
  const rows = shortTable(variables).split("\n").slice(2);
  expect(rows).toEqual([
    "| `PORT` | `3000` | Port \\| or `0`. |",
    "| `SECRET_KEY` | generated, kept in `DATA_DIR` | Signs. |",
    "| `ALGORITHM` | `HS256` | Signs, too. |",
  ]);
});

test("the reference has a section for each group of variables, with their values", () => {
  const head = "| variable | values | default | what it is for |\n|---|---|---|---|";
  expect(reference(variables)).toBe(
    [
      `## The server\n\n${head}`,
      "| `PORT` | 0–65535 | `3000` | Port \\| or `0`. |",
      `\n## Accounts\n\n${head}`,
      "| `SECRET_KEY` |  | generated, kept in `DATA_DIR` | Signs. |",
      "| `ALGORITHM` | `HS256` | `HS256` | Signs, too. |",
    ].join("\n"),
  );
});

test("bounds and choices are told as the server checks them", () => {
  const valuesOf = (name: string): string | undefined =>
    describeVariables().find((variable) => variable.name === name)?.values;
  expect(valuesOf("MAX_PAGES")).toBe("1–100000");
  expect(valuesOf("ALGORITHM")).toBe("`HS256`, `HS384`, `HS512`");
  expect(valuesOf("AUTH_ENABLED")).toBe("`true`, `false`");
  expect(valuesOf("LLM_MODEL")).toBe("");
});

test("an example file names every variable and sets none", () => {
  const lines = envExample(variables).split("\n");
  expect(lines).toContain("# PORT=3000");
  expect(lines).toContain("# SECRET_KEY=");
  expect(lines).toContain("# Signs. Default: generated, kept in DATA_DIR.");
  expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
});

test("only what stands between the markers is replaced", () => {
  const readme = [
    "before",
    "<!-- configuration: written by `bun run docs:config` -->",
    "old",
    "<!-- /configuration -->",
    "after",
  ].join("\n");
  const once = withTable(readme, "| new |");
  expect(once).toContain("\n\n| new |\n\n");
  expect(once).not.toContain("old");
  expect(once.startsWith("before\n") && once.endsWith("\nafter")).toBe(true);
  expect(withTable(once, "| new |")).toBe(once);
  expect(() => withTable("no markers", "| new |")).toThrow();
});
