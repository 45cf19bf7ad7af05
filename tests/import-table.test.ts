import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { findViolations, importTable, importsOf } from "./import-table.ts";

const root = join(import.meta.dir, "..");

async function sources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const path of new Bun.Glob("src/**/*.{ts,tsx}").scan({ cwd: root })) {
    files.set(path, await Bun.file(join(root, path)).text());
  }
  return files;
}

describe("the import table", () => {
  test("holds for every source", async () => {
    expect(findViolations(await sources())).toEqual([]);
  });

  test("has no row without a file", async () => {
    const paths = [...(await sources()).keys()];
    const empty = importTable.filter((row) => !paths.some((path) => path.startsWith(row.path)));
    expect(empty).toEqual([]);
  });

  test("is the one that the architecture document shows", async () => {
    const document = await Bun.file(join(root, "docs/architecture.md")).text();
    for (const { path } of importTable) {
      const name = path.replace(/^src\/(?:server\/)?/, "").replace(/\/$/, "");
      expect(document).toContain(`\`${name}\``);
    }
  });
});

describe("the checker", () => {
  const check = (files: Record<string, string>): string[] =>
    findViolations(new Map(Object.entries(files)));

  test("lets allowed imports pass", () => {
    const files = {
      "src/shared/ocr-events.ts": 'import { z } from "zod";\nexport const a = z;',
      "src/server/errors.ts": 'import { a } from "../shared/ocr-events.ts";\nexport const b = a;',
      "src/server/raster/raster.ts": 'import { b } from "../errors.ts";\nimport "./child.ts";',
      "src/server/raster/child.ts": "export const c = 1;",
      "src/client/app.tsx": 'import { a } from "../shared/ocr-events.ts";\nimport "./x.css";',
    };
    expect(check(files)).toEqual([]);
  });

  test.each([
    ["a package in shared", "src/shared/a.ts", 'import { x } from "elysia";'],
    ["a sibling folder", "src/server/raster/a.ts", 'import { x } from "../engines/engine.ts";'],
    ["a type alone", "src/server/raster/a.ts", 'import type { X } from "../db/schema.ts";'],
    ["types among values", "src/server/db/a.ts", 'import { type X } from "../raster/raster.ts";'],
    ["an import over lines", "src/server/db/a.ts", 'import {\n  x,\n} from "../http/a.ts";'],
    ["a dynamic import", "src/server/db/a.ts", 'const x = await import("../ocr/a.ts");'],
    ["a side effect", "src/server/db/a.ts", 'import "../ocr/a.ts";'],
    ["http from cli", "src/server/cli/a.ts", 'import { x } from "../http/a.ts";'],
    ["server code in the client", "src/client/a.ts", 'import { x } from "../server/errors.ts";'],
    ["a server's package in the client", "src/client/a.ts", 'import { join } from "node:path";'],
    ["test code in a source", "src/server/db/a.ts", 'import { x } from "../../../tests/x.ts";'],
  ])("finds %s", (_what, path, source) => {
    expect(check({ [path]: source })).toHaveLength(1);
  });

  test("finds names, barrels, re-exports and files without a row", () => {
    const violations = check({
      "src/shared/ocrEvents.ts": "",
      "src/shared/index.ts": "",
      "src/shared/all.ts": 'export * from "./page-range.ts";',
      "src/shared/page-range.ts": "",
      "src/server/helpers.ts": "",
      "src/other/a.ts": "",
    });
    expect(violations.toSorted()).toEqual([
      "src/other/a.ts belongs to no row of the import table",
      "src/server/helpers.ts belongs to no row of the import table",
      "src/shared/all.ts re-exports what another file declares",
      "src/shared/index.ts is a barrel",
      "src/shared/ocrEvents.ts is not named in kebab-case",
    ]);
  });

  test("finds a cycle of folders that the rows alone would allow", () => {
    const table = [
      { path: "src/server/a/", mayImport: ["*"] },
      { path: "src/server/b/", mayImport: ["*"] },
    ];
    const files = new Map([
      ["src/server/a/one.ts", 'import type { X } from "../b/two.ts";'],
      ["src/server/b/two.ts", 'import { y } from "../a/three.ts";'],
      ["src/server/a/three.ts", "export const y = 1;"],
    ]);
    expect(findViolations(files, table)).toEqual([
      "import cycle: src/server/a → src/server/b → src/server/a",
    ]);
  });

  test("reads imports as they are written, and not what strings and comments say", () => {
    const source = `// import { a } from "./comment.ts";
import { b } from "./b.ts"; import type { C } from './c.ts';
import d, { type E } from "./d.ts";
import * as f from "./f.ts";
export { g } from "./g.ts";
export const text = 'see from "./no.ts"';
`;
    expect(importsOf("src/a.ts", source).toSorted()).toEqual(
      ["./b.ts", "./c.ts", "./d.ts", "./f.ts", "./g.ts"].toSorted(),
    );
  });
});
