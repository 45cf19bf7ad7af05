/**
 * What the scripts share: plain words on the terminal, commands with a time limit. Only built-in
 * modules, because `quickstart` and `verify` run before anything is installed.
 */
import { join } from "node:path";

/** The repository. */
export const root = join(import.meta.dir, "..");

export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Says what went wrong and what to do, and ends with exit code 1. */
export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** `1.2 s`, `3 min 4 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export interface RunOptions {
  timeoutMs: number;
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  cwd?: string;
}

export interface RunResult {
  ok: boolean;
  /** stdout and stderr as they came. */
  output: string;
  ms: number;
}

/**
 * Runs a command in a process group of its own, and ends all of the group when the time is over or
 * this process is told to stop.
 */
export async function run(command: string[], options: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const child = Bun.spawn(command, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stop = (): void => killGroup(child.pid);
  const stopAndExit = (): void => {
    stop();
    process.exit(130);
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, options.timeoutMs);
  process.on("SIGINT", stopAndExit).on("SIGTERM", stopAndExit);
  const parts: string[] = [];
  await Promise.all([collect(child.stdout, parts), collect(child.stderr, parts), child.exited]);
  clearTimeout(timer);
  process.off("SIGINT", stopAndExit).off("SIGTERM", stopAndExit);
  const note = timedOut ? `\nStopped: not done after ${duration(options.timeoutMs)}.\n` : "";
  return {
    ok: child.exitCode === 0 && !timedOut,
    output: parts.join("") + note,
    ms: performance.now() - startedAt,
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function collect(stream: ReadableStream<Uint8Array>, parts: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) parts.push(decoder.decode(chunk, { stream: true }));
}

const TICK_MS = 1_000;
const LOG_TICK_MS = 15_000;

/**
 * Prints `label …`, the seconds while it runs, and the time it took. On a terminal the line is
 * written over; in a log there is one line every 15 s.
 */
export async function withProgress<T>(label: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const isTerminal = process.stdout.isTTY;
  const elapsed = (): string => duration(performance.now() - startedAt);
  if (isTerminal) process.stdout.write(`${label} …`);
  else say(`${label} …`);
  const timer = setInterval(
    () => process.stdout.write(isTerminal ? `\r${label} … ${elapsed()}` : `  ${elapsed()} …\n`),
    isTerminal ? TICK_MS : LOG_TICK_MS,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isTerminal) process.stdout.write(`\r${label} … ${elapsed()}   \n`);
  }
}
