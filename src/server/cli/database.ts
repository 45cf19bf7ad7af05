/** `bun run db:migrate` and `bun run db:rollback`: the database's tables forward, or one step back. */
import { databasePath, parseConfig } from "../config.ts";
import { connect } from "../db/client.ts";
import { lockInstance } from "../db/instance-lock.ts";
import { migrateUp, rollbackLast } from "../db/migrations.ts";

function run(command: string | undefined): string {
  if (command !== "migrate" && command !== "rollback") {
    throw new Error("Usage: bun src/server/cli/database.ts migrate|rollback");
  }
  const path = databasePath(parseConfig(process.env));
  using _lock = lockInstance(path);
  const db = connect(path);
  try {
    if (command === "migrate") return `In place: ${migrateUp(db).join(", ")}`;
    const undone = rollbackLast(db);
    return undone === undefined ? "Nothing to take back." : `Taken back: ${undone}`;
  } finally {
    db.$client.close();
  }
}

try {
  process.stdout.write(`${run(process.argv[2])}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
