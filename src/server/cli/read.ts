/** `my-ocr FILE…`: reads documents and prints or writes their texts. */
import {
  type ExportFormat,
  type MyOcrClient,
  MyOcrError,
  type MyOcrErrorCode,
  createClient,
} from "../../client-library/client.ts";
import { inOrder } from "../streams/in-order.ts";
import { mergeConcurrent } from "../streams/merge.ts";
import { EXIT, UsageError } from "./failures.ts";
import { startInProcess } from "./in-process.ts";
import { type Input, findInputs, requireOwnPlaces } from "./inputs.ts";
import { OutputFolder } from "./output-folder.ts";
import { Progress } from "./progress.ts";
import { plainName, plainText, say } from "./terminal.ts";

export interface ReadOptions {
  output?: string | undefined;
  format: ExportFormat;
  pages?: string | undefined;
  engine?: string | undefined;
  model?: string | undefined;
  prompt?: string | undefined;
  password?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  force?: boolean | undefined;
}

/** What became of a file. */
type Outcome =
  | { kind: "read"; input: Input; content: Blob; problems: string[] }
  | { kind: "skipped"; input: Input }
  | { kind: "failed"; input: Input; problems: string[]; isFatal: boolean };

interface Run {
  client: MyOcrClient;
  options: ReadOptions;
  folder: OutputFolder | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** Enough to keep the engine busy while files of one page come and go. */
const FILES_AT_ONCE = 4;

/** With these no other file would fare better. */
const FATAL: ReadonlySet<MyOcrErrorCode> = new Set([
  "server_unreachable",
  "response_invalid",
  "credentials_invalid",
  "session_revoked",
  "engine_unknown",
  "pages_invalid",
  "prompt_too_long",
  "shutting_down",
]);

/**
 * @returns the exit code: 0 where everything was read.
 * @throws UsageError, ConfigError; the signal's reason.
 */
export async function read(
  args: readonly string[],
  options: ReadOptions,
  signal: AbortSignal,
): Promise<number> {
  const inputs = await findInputs(args);
  if (inputs.length === 0) throw new UsageError("There is nothing to read in it.");
  if (options.output !== undefined) requireOwnPlaces(inputs);
  const { server, token } = options;
  await using own = server === undefined ? await startInProcess() : undefined;
  const client = own?.client ?? createClient({ url: server ?? "", token });
  const folder = options.output === undefined ? undefined : outputFolder(options);
  const progress = new Progress(process.stderr, inputs.length);
  const giveUp = new AbortController();
  const stop = AbortSignal.any([signal, giveUp.signal]);
  const run: Run = { client, options, folder, progress, signal: stop };
  const starts = inputs.map((input) => () => readInput(run, input));
  // What is printed has the order of the files; what is written need not wait for its turn.
  const outcomes = (folder ? mergeConcurrent : inOrder)(starts, FILES_AT_ONCE);
  let failed = 0;
  for await (const outcome of outcomes) {
    progress.clear();
    if (outcome.kind !== "skipped") {
      failed += Math.min(1, outcome.problems.length);
      for (const problem of outcome.problems) say(`${plainName(outcome.input.name)}: ${problem}`);
    }
    if (outcome.kind === "failed" && outcome.isFatal) {
      giveUp.abort(new Error("No other file would fare better."));
      return EXIT.failed;
    }
    if (outcome.kind === "read" && !folder) await print(outcome, inputs.length > 1, options.format);
  }
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

function outputFolder({ output = ".", format }: ReadOptions): OutputFolder {
  return new OutputFolder(output, format);
}

/** One outcome. Throws after an abort alone. */
async function* readInput(run: Run, input: Input): AsyncGenerator<Outcome, void, undefined> {
  const { options, folder, progress, signal } = run;
  signal.throwIfAborted();
  if (folder && options.force !== true && (await folder.has(input.place))) {
    progress.fileEnded(input.name);
    yield { kind: "skipped", input };
    return;
  }
  let outcome: Outcome;
  try {
    outcome = await readDocument(run, input);
    if (folder && outcome.kind === "read") {
      await folder.write(input.place, outcome.content, outcome.problems.length === 0);
    }
  } catch (error) {
    signal.throwIfAborted();
    outcome = failure(input, error);
  }
  progress.fileEnded(input.name);
  yield outcome;
}

async function readDocument(
  { client, options, progress, signal }: Run,
  input: Input,
): Promise<Outcome> {
  progress.file(input.name);
  const { pages, engine, model, prompt, password, format } = options;
  const name = input.place;
  const reading = { pages, engine, model, prompt, password, name, signal };
  const ocr = client.ocr(await input.open(), reading);
  const problems: string[] = [];
  try {
    for await (const event of ocr) {
      if (event.type === "page_error") problems.push(problemOf(event));
      if (event.type !== "job") continue;
      const done = event.donePages + event.failedPages;
      progress.file(input.name, { done, all: event.pages });
      if (event.state === "failed") return { kind: "failed", input, problems, isFatal: false };
    }
  } catch (error) {
    // Until the server knows: else it would go on without anybody who wants it.
    if (signal.aborted) await ocr.cancel().catch(() => {});
    throw error;
  }
  const jobId = await ocr.jobId;
  const content = await client.export(await ocr.documentId, format, { jobId });
  return { kind: "read", input, content, problems };
}

function problemOf({ page, detail, code }: { page: number; detail: string; code: string }): string {
  return `page ${page}: ${plainName(detail)} (${code})`;
}

function failure(input: Input, error: unknown): Outcome {
  const isOurs = error instanceof MyOcrError;
  const message = error instanceof Error ? error.message : String(error);
  const problem = `${plainName(message)}${isOurs ? ` (${error.code})` : ""}`;
  return { kind: "failed", input, problems: [problem], isFatal: isOurs && FATAL.has(error.code) };
}

/** Several texts are told apart as `head` does it; JSON tells its document itself. */
async function print(
  { input, content }: { input: Input; content: Blob },
  isOneOfMany: boolean,
  format: ExportFormat,
): Promise<void> {
  const title = isOneOfMany && format !== "json" ? `==> ${plainName(input.name)} <==\n` : "";
  const text = title + (await content.text());
  await Bun.write(Bun.stdout, process.stdout.isTTY ? plainText(text) : text);
}
