/** How commands end: the exit codes of `docs/cli.md`. */
import { ConfigError } from "../config.ts";
import { AppError, hasCode } from "../errors.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
/** 128 and the number of the signal, as shells have it. */
export const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

/** The command was called wrongly. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("interrupted.");
  }
}

/** Says what went wrong in words; a stack only where nobody foresaw it. @returns the exit code. */
export function report(error: unknown): number {
  if (error instanceof ConfigError) {
    for (const mistake of error.mistakes) process.stderr.write(`Configuration: ${mistake}\n`);
    return EXIT.usage;
  }
  if (error instanceof UsageError || error instanceof Interrupted) {
    process.stderr.write(`my-ocr: ${error.message}\n`);
    return error instanceof Interrupted ? SIGNAL_EXITS.SIGINT : EXIT.usage;
  }
  // Who reads our output has enough of it, as `head` has.
  if (hasCode(error, "EPIPE")) return EXIT.failed;
  const isForeseen = error instanceof AppError ? error.code !== "internal" : isNamed(error);
  const text = isForeseen && error instanceof Error ? error.message : Bun.inspect(error);
  process.stderr.write(`my-ocr: ${text}\n`);
  return EXIT.failed;
}

/** Errors of our own classes, and those of the file system, say what is wrong by themselves. */
function isNamed(error: unknown): boolean {
  return error instanceof Error && (error.name !== "Error" || "syscall" in error);
}
