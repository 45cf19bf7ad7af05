import { expect, test } from "bun:test";
import { configTable, envExample, withTable } from "./config-docs.ts";

const variables = [
  { name: "PORT", default: "`3000`", description: "Port | or `0`." },
  { name: "SECRET_KEY", default: "generated, kept in `DATA_DIR`", description: "Signs." },
  { name: "LLM_BASE_URL", default: "", description: "Engine." },
];

test("the table has a row for each variable, and no text breaks its columns", () => {
  const rows = configTable(variables).split("\n").slice(2);
  expect(rows).toEqual([
    "| `PORT` | `3000` | Port \\| or `0`. |",
    "| `SECRET_KEY` | generated, kept in `DATA_DIR` | Signs. |",
    "| `LLM_BASE_URL` |  | Engine. |",
  ]);
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
