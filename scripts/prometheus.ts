/**
 * A Prometheus and its promtool for the tests that scrape the server: those that are installed, else
 * Debian's. Run by itself it gets them where they are not there; where that fails, only CI takes it
 * for a failure.
 */
import { findProgram, unpackPackage } from "./debian-package.ts";
import { fail, say } from "./terminal.ts";

export interface Prometheus {
  server: string;
  promtool: string;
}

/** Undefined where there is none yet. */
export function findPrometheus(): Prometheus | undefined {
  const server = findProgram("prometheus");
  const promtool = findProgram("prometheus", "promtool");
  return server && promtool ? { server, promtool } : undefined;
}

if (import.meta.main) {
  try {
    if (!findPrometheus()) await unpackPackage("prometheus");
    const found = findPrometheus();
    if (!found) throw new Error("Debian's package holds no prometheus and promtool.");
    say(found.server);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `There is no Prometheus, and none could be got.\n${reason}`;
    if (process.env["CI"]) fail(message);
    say(`${message}\nThe tests that scrape with it will be skipped.`);
  }
}
