/** What is said to people, and what they are asked. */
import { Interrupted } from "./failures.ts";

/** A name on one line, without what would steer the terminal or turn the text around it. */
export function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

/** A text of many lines, without what would steer the terminal: a document may be hostile. */
export function plainText(text: string): string {
  return text.replace(/(?![\t\n\f])\p{Cc}/gu, "");
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const CTRL_C = "\u0003";
/** Enter, and Ctrl-D. */
const ENDS = new Set(["\r", "\n", "\u0004"]);
const BACKSPACES = new Set(["\b", "\u007f"]);

/**
 * Everything until somebody presses Enter, and nothing of it is shown.
 *
 * @throws Interrupted after Ctrl-C, which a terminal in raw mode makes no signal of.
 */
export async function askSecret(question: string): Promise<string> {
  const { stdin } = process;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let line: string[] = [];
  const onData = (chunk: Buffer): void => {
    for (const character of decoder.decode(chunk, { stream: true })) {
      if (character === CTRL_C) reject(new Interrupted());
      else if (ENDS.has(character)) resolve(line.join(""));
      else line = BACKSPACES.has(character) ? line.slice(0, -1) : [...line, character];
    }
  };
  // Before the question: somebody may type at once.
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  process.stderr.write(question);
  try {
    return await promise;
  } finally {
    stdin.off("data", onData);
    stdin.pause();
    stdin.setRawMode(false);
    process.stderr.write("\n");
  }
}
