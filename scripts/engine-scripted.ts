/**
 * An engine to try the server with, without a model or a GPU: it answers every page with the same
 * Markdown at a pace that one can watch, and fails where it is told to. `bun run engine:scripted`.
 */
import { parseArgs } from "node:util";
import type { Fault, ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { fail, say } from "./terminal.ts";

/** Each fault as it comes after a few chunks, so that its page has begun. */
const AFTER_CHUNKS = 12;
const faults: Record<Fault["kind"], Fault> = {
  status: { kind: "status", status: 500, message: "scripted failure" },
  reset: { kind: "reset" },
  html: { kind: "html" },
  cut: { kind: "cut", afterChunks: AFTER_CHUNKS },
  "early-end": { kind: "early-end", afterChunks: AFTER_CHUNKS },
  silence: { kind: "silence", afterChunks: AFTER_CHUNKS },
  "comments-only": { kind: "comments-only", afterChunks: AFTER_CHUNKS },
  malformed: { kind: "malformed", afterChunks: AFTER_CHUNKS },
  "error-object": { kind: "error-object", afterChunks: AFTER_CHUNKS, message: "scripted failure" },
  "endless-event": { kind: "endless-event" },
};

const help = `Usage: bun run engine:scripted [options]

Answers every page with the same text, as an OpenAI-compatible engine would.

  --port N         where to listen (default: ENGINE_PORT, or 8001; 0 takes a free port)
  --pace-ms N      milliseconds between two chunks (default 30)
  --chars N        characters of a page: the text is repeated or cut (default: all of it, once)
  --chunk-chars N  characters of a chunk (default 6)
  --fault KIND     how pages fail: ${Object.keys(faults).join(", ")}
  --every N        the fault hits every Nth page (default 1: every page)
  --help           this text`;

const PAGE = `# The Lighthouse Keeper's Ledger

On the morning of the **third of March** the fog came in low over the harbour, and the keeper wrote
down, as on every other morning, what he could see: nothing, and then a little of the breakwater.

## What was counted

| Hour  | Ships | Weather      |
|-------|------:|--------------|
| 06:00 |     0 | fog          |
| 09:00 |     3 | fog, lifting |
| 12:00 |    11 | clear        |

By noon the glass had risen, and eleven sails stood between the point and the island. The keeper
counted them twice, because the second count is the one that people believe:

1. four luggers with herring,
2. six coasters with coal,
3. one yacht, *which had lost its way*.

## What was said

> "A lamp that nobody looks at", the keeper used to say, "is still a lamp."

He trimmed the wick, wound the clock, wrote the total at the foot of the page (11 ships, 0 losses),
and blew on the ink until it was dry. Grüße, 再见, and good night. 🌊
`;

const { values } = parseOptions();
if (values.help) {
  say(help);
  process.exit(0);
}
const paceMs = whole("pace-ms", values["pace-ms"], 0);
const chunkChars = whole("chunk-chars", values["chunk-chars"], 1);
const every = whole("every", values.every, 1);
const port = whole("port", values.port, 0);
const fault = faultOf(values.fault);
const text = textOf(values.chars);

const engine = await startScriptedEngine(({ index }) => answer(index), { port }).catch(
  (error: unknown) => fail(`Cannot listen on port ${port}: ${messageOf(error)}`),
);
say("A scripted engine is listening. Point the server at it, and stop it with Ctrl-C:\n");
say(`LLM_BASE_URL=${engine.url} LLM_MODEL=scripted npx -y bun@1.4.5 run start`);
process.on("SIGINT", () => void stop()).on("SIGTERM", () => void stop());

async function stop(): Promise<never> {
  await engine[Symbol.asyncDispose]();
  process.exit(0);
}

/** @param index of the call, from 0. */
function answer(index: number): ScriptedAnswer {
  const isHit = fault !== undefined && (index + 1) % every === 0;
  return { text, paceMs, chunkChars, ...(isHit && { fault }) };
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: process.env["ENGINE_PORT"] || "8001" },
        "pace-ms": { type: "string", default: "30" },
        chars: { type: "string" },
        "chunk-chars": { type: "string", default: "6" },
        fault: { type: "string" },
        every: { type: "string", default: "1" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${help}`);
  }
}

function whole(name: string, value: string, min: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min) {
    fail(`--${name} must be a whole number of at least ${min}, not "${value}".`);
  }
  return number;
}

function faultOf(kind: string | undefined): Fault | undefined {
  if (kind === undefined) return undefined;
  const found = Object.values(faults).find((candidate) => candidate.kind === kind);
  return found ?? fail(`--fault must be one of ${Object.keys(faults).join(", ")}, not "${kind}".`);
}

function textOf(chars: string | undefined): string {
  if (chars === undefined) return PAGE;
  const length = whole("chars", chars, 0);
  return PAGE.repeat(Math.ceil(length / PAGE.length)).slice(0, length);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
