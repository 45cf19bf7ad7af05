/** The command line as people start it: in a pipe, and in a terminal. */
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../src/server/cli/main.ts");

export interface CommandOptions {
  cwd: string;
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<CommandResult>;
}

/** All three of its streams are pipes. */
export function startCommand(args: readonly string[], options: CommandOptions): RunningCommand {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    cwd: options.cwd,
    env: environment(options),
    stdin: new Blob([options.stdin === undefined ? "" : new Uint8Array(bytesOf(options.stdin))]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const ended = async (): Promise<CommandResult> => {
    const [stdout, stderr, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  };
  return { kill: (signal) => child.kill(signal), ended: ended() };
}

export async function runCommand(
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return await startCommand(args, options).ended;
}

export interface TerminalCommand extends AsyncDisposable {
  /** Types keys. */
  type: (keys: string) => void;
  /** Resolves with all that is on the screen when it holds the text. */
  shows: (text: string) => Promise<string>;
  ended: Promise<{ exitCode: number; screen: string }>;
}

/** All three of its streams are a terminal. @param command the whole of it. */
export function startInTerminal(
  command: readonly string[],
  options: CommandOptions,
): TerminalCommand {
  let screen = "";
  const decoder = new TextDecoder();
  const waiting = new Set<() => void>();
  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    env: { TERM: "xterm", ...environment(options) },
    terminal: {
      cols: 80,
      rows: 24,
      data(_terminal, data) {
        screen += decoder.decode(data, { stream: true });
        for (const look of waiting) look();
      },
    },
  });
  return {
    type: (keys) => void child.terminal?.write(keys),
    async shows(text) {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (!screen.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      return screen;
    },
    ended: child.exited.then((exitCode) => ({ exitCode, screen })),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
    },
  };
}

/** The command that `startInTerminal` takes, by Bun itself. */
export function commandLine(...args: string[]): string[] {
  return [process.execPath, MAIN, ...args];
}

function environment({ env }: CommandOptions): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", RASTER_PROCESSES: "2", ...env };
}

function bytesOf(input: string | Uint8Array): Uint8Array {
  return typeof input === "string" ? new TextEncoder().encode(input) : input;
}
