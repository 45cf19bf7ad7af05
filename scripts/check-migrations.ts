/**
 * Fails where the schema has changed and no migration says so: lets drizzle-kit generate into a copy
 * of `drizzle/` and looks whether anything came of it. Also wants a way back for every migration.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fail, root, run } from "./terminal.ts";

const folder = join(root, "drizzle");
const copy = mkdtempSync(join(tmpdir(), "my-ocr-migrations-"));

function migrations(directory: string): string[] {
  return [...new Bun.Glob("*.sql").scanSync({ cwd: directory })].sort();
}

/** What is wrong, in words for the one who changed the schema. */
async function findDrift(): Promise<string | undefined> {
  cpSync(folder, copy, { recursive: true });
  const args = ["--dialect", "sqlite", "--schema", "src/server/db/schema.ts"];
  const drizzleKit = join(root, "node_modules/drizzle-kit/bin.cjs");
  const result = await run(
    // Its `out` is taken relative to the working directory, even where it is absolute.
    [process.execPath, drizzleKit, "generate", ...args, "--out", relative(root, copy)],
    { timeoutMs: 60_000 },
  );
  if (!result.ok) return result.output;
  const made = migrations(copy).filter((name) => !existsSync(join(folder, name)));
  if (made.length > 0) {
    return `The schema has changes without a migration. Run \`bun run db:generate\`.\n${result.output}`;
  }
  const oneWay = migrations(folder).filter(
    (name) =>
      !name.endsWith(".down.sql") && !existsSync(join(folder, name.replace(/\.sql$/, ".down.sql"))),
  );
  return oneWay.length > 0 ? `Without a way back (.down.sql): ${oneWay.join(", ")}` : undefined;
}

const drift = await findDrift().finally(() => rmSync(copy, { recursive: true, force: true }));
if (drift !== undefined) fail(drift);
