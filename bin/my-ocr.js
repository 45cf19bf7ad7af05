#!/usr/bin/env node
/**
 * Starts the command line in Bun, which comes with the packages: on a machine with Node alone, too.
 * Plain JavaScript, for Node has to run it as it is.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/server/cli/main.ts", import.meta.url));
const bunPackage = createRequire(import.meta.url).resolve("bun/package.json");
// So named on every system.
const bun = join(dirname(bunPackage), "bin", "bun.exe");

const child = spawn(bun, [main, ...process.argv.slice(2)], { stdio: "inherit" });
const isTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // A terminal's Ctrl-C reaches both; handed over it would count twice, and mean "at once".
    if (signal !== "SIGINT" || !isTerminal) child.kill(signal);
  });
}
child.on("error", (error) => {
  process.stderr.write(`my-ocr: Bun cannot be started: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
});
