import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bearer, newBearer } from "../../../tests/accounts.ts";
import {
  type CommandResult,
  type RunningCommand,
  commandLine,
  runCommand,
  startCommand,
  startInTerminal,
} from "../../../tests/command-line.ts";
import { numberedPdf, pageNumberOf, pdfOfPages } from "../../../tests/fixtures/numbered-pages.ts";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { startServer } from "../../../tests/server.ts";
import { createClient } from "../../client-library/client.ts";
import { exportSchema } from "../../shared/export.ts";
import type { ScriptedAnswer } from "../engines/scripted/answer.ts";
import { type ScriptedEngineServer, startScriptedEngine } from "../engines/scripted/server.ts";

const textOf = (page: number): string => `Text of page ${page}.`;
/** Of a document whose first page has that number on it, its second that one. */
const markdown = (...numbers: number[]): string =>
  numbers.map((number, at) => `<!-- page ${at + 1} -->\n\n${textOf(number)}\n`).join("\n");

let answer: (page: number) => ScriptedAnswer | Promise<ScriptedAnswer>;
let engine: ScriptedEngineServer;
let folder: ReturnType<typeof temporaryFolder>;
/** Where it keeps what it needs while it runs. */
let scratch: string;

beforeEach(async () => {
  answer = (page) => ({ text: textOf(page) });
  engine = await startScriptedEngine(async ({ image }) => await answer(await pageNumberOf(image)));
  folder = temporaryFolder();
  scratch = join(folder.path, "scratch");
  mkdirSync(scratch);
});
afterEach(async () => {
  folder[Symbol.dispose]();
  await engine[Symbol.asyncDispose]();
});

const environment = (): Record<string, string> => ({
  LLM_BASE_URL: engine.url,
  LLM_MAX_RETRIES: "0",
  // A server's settings that must not harm.
  RETENTION_DAYS: "0",
  AUTH_ENABLED: "true",
  TMPDIR: scratch,
});

async function myOcr(args: string[], stdin?: Uint8Array): Promise<CommandResult> {
  const options = { cwd: folder.path, env: environment(), ...(stdin && { stdin }) };
  return await runCommand(args, options);
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await Bun.write(join(folder.path, path), content);
}

async function text(path: string): Promise<string> {
  return await Bun.file(join(folder.path, path)).text();
}

/** Paths of all files below a folder. */
function filesIn(path: string): string[] {
  const entries = readdirSync(join(folder.path, path), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? entry.name : [])).toSorted();
}

describe("in a pipe", () => {
  test("a document is its Markdown, and nothing else is said or left behind", async () => {
    await write("scan.pdf", await numberedPdf(2));
    expect(await myOcr(["scan.pdf"])).toEqual({ exitCode: 0, stdout: markdown(1, 2), stderr: "" });
    expect(filesIn(".")).toEqual(["scan.pdf"]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("standard input is read, some pages of it, as plain text, with a prompt", async () => {
    const args = ["-", "--format", "txt", "--pages", "2-3", "--prompt", "Read this."];
    const { exitCode, stdout } = await myOcr(args, await numberedPdf(3));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${textOf(2)}\n\f${textOf(3)}\n` });
    expect(engine.calls.map(({ prompt }) => prompt)).toEqual(["Read this.", "Read this."]);
  });

  test("JSON has all that is known", async () => {
    await write("scan.pdf", await numberedPdf(1));
    const { stdout } = await myOcr(["-f", "json", "scan.pdf"]);
    expect(exportSchema.parse(JSON.parse(stdout))).toMatchObject({
      document: { name: "scan.pdf", pages: 1 },
      pages: [{ page: 1, state: "done", text: textOf(1) }],
    });
  });

  test("several are told apart, in their order, and one that is named twice is read once", async () => {
    await write("b.pdf", await pdfOfPages([2]));
    await write("a.pdf", await pdfOfPages([1]));
    await write("deep/er/c.pdf", await pdfOfPages([3]));
    await write("deep/notes.txt", "Not for reading.");
    const { exitCode, stdout } = await myOcr(["./b.pdf", "*.pdf", "deep"]);
    const parts = ["./b.pdf", "a.pdf", "deep/er/c.pdf"].map(
      (name, index) => `==> ${name} <==\n${markdown([2, 1, 3][index] ?? 0)}`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: parts.join("") });
  });

  test("what cannot be read is named, with what to do, and the rest is read", async () => {
    await write("notes.txt", "Not for reading.");
    await write("scan.pdf", await numberedPdf(2));
    answer = (page) => ({
      text: textOf(page),
      ...(page === 1 && { fault: { kind: "status", status: 500 } }),
    });
    const { exitCode, stdout, stderr } = await myOcr(["notes.txt", "scan.pdf"]);
    expect(exitCode).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^notes\.txt: This kind of file .*\(file_unsupported\)$/),
      expect.stringMatching(/^scan\.pdf: page 1: .*\(engine_failed\)$/),
    ]);
    expect(stdout).toContain(textOf(2));
    expect(stdout).toContain("[Page 1 is not here: it failed (engine_failed).]");
  });
});

describe("an exit code of 2", () => {
  test.each([
    ["nothing to read", [], "missing required argument"],
    ["a file that is not there", ["gone.pdf"], "There is no gone.pdf."],
    ["a pattern that nothing fits", ["*.pdf"], "There is no *.pdf."],
    ["a folder without documents", ["."], "There is nothing to read in it."],
    ["an unknown option", ["--fast", "x.pdf"], "unknown option '--fast'"],
    ["an unknown format", ["-f", "docx", "x.pdf"], "Allowed choices are md, txt, json"],
  ])("is for %s", async (_what, args, words) => {
    const { exitCode, stdout, stderr } = await myOcr(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(words);
  });

  test("is for two files that would have one output", async () => {
    for (const path of ["one/scan.pdf", "two/scan.pdf"]) await write(path, await numberedPdf(1));
    const { exitCode, stderr } = await runCommand(
      ["-o", "out", "../one/scan.pdf", "../two/scan.pdf"],
      {
        cwd: scratch,
        env: environment(),
      },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain("would have the same output");
  });

  test("is for settings that are wrong", async () => {
    await write("scan.pdf", await numberedPdf(1));
    const env = { ...environment(), LLM_BASE_URL: "ftp://engine" };
    const result = await runCommand(["scan.pdf"], { cwd: folder.path, env });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toStartWith("Configuration: LLM_BASE_URL:");
  });
});

describe("an output folder", () => {
  test("has a file for each document, where that lies", async () => {
    await write("scans/a.pdf", await pdfOfPages([1]));
    await write("scans/deep/a.pdf", await pdfOfPages([2, 3]));
    expect(await myOcr(["-o", "out", "scans"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(await text("out/scans/a.pdf.md")).toBe(markdown(1));
    expect(await text("out/scans/deep/a.pdf.md")).toBe(markdown(2, 3));
    expect(filesIn("out")).toHaveLength(2);
  });

  test("keeps what there is of a document with failed pages apart, until they are read", async () => {
    await write("scan.pdf", await numberedPdf(2));
    answer = (page) => ({
      text: textOf(page),
      ...(page === 1 && { fault: { kind: "status", status: 500 } }),
    });
    expect(await myOcr(["-o", "out", "scan.pdf"])).toMatchObject({ exitCode: 1 });
    expect(filesIn("out")).toEqual(["scan.pdf.partial.md"]);
    answer = (page) => ({ text: textOf(page) });
    expect(await myOcr(["-o", "out", "scan.pdf"])).toMatchObject({ exitCode: 0 });
    expect(filesIn("out")).toEqual(["scan.pdf.md"]);
    expect(await text("out/scan.pdf.md")).toBe(markdown(1, 2));
  });

  test("is gone on with after an interruption: no page is read twice", async () => {
    const files = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const page of files) {
      const name = `scans/${String(page).padStart(2, "0")}.pdf`;
      await write(name, await pdfOfPages([page]));
    }
    const read: number[] = [];
    let running: RunningCommand | undefined;
    let asked = 0;
    // Four files run at once: while four are held here, those before have been written.
    answer = async (page) => {
      asked++;
      if (asked > 12)
        await new Promise<void>((resolve) => {
          held.push(resolve);
          if (held.length === 4) running?.kill("SIGINT");
        });
      else read.push(page);
      return { text: textOf(page) };
    };
    const held: (() => void)[] = [];
    const options = { cwd: folder.path, env: environment() };
    running = startCommand(["-o", "out", "scans"], options);
    const first = await running.ended;
    expect(first).toEqual({ exitCode: 130, stdout: "", stderr: "my-ocr: interrupted.\n" });
    expect(filesIn("out")).toHaveLength(12);
    expect(readdirSync(scratch)).toEqual([]);
    for (const release of held) release();
    answer = (page) => {
      read.push(page);
      return { text: textOf(page) };
    };
    expect(await myOcr(["-o", "out", "scans"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(read.toSorted((a, b) => a - b)).toEqual(files);
    expect(filesIn("out")).toHaveLength(30);
    // Again there is nothing to do, unless it is asked for.
    expect(await myOcr(["-o", "out", "scans"])).toMatchObject({ exitCode: 0 });
    expect(read).toHaveLength(30);
    expect(await myOcr(["-o", "out", "--force", "scans/07.pdf"])).toMatchObject({ exitCode: 0 });
    expect(read.slice(30)).toEqual([7]);
  });
});

describe("a server elsewhere", () => {
  test("reads where it is told to, for whoever the token is of", async () => {
    await using server = await startServer({ LLM_BASE_URL: engine.url, AUTH_ENABLED: "true" });
    const { authorization } = await newBearer(server, "ada");
    const token = authorization.replace(bearer("").authorization, "");
    await write("scan.pdf", await numberedPdf(1));
    const args = ["--server", server.url, "scan.pdf"];
    const env = { TMPDIR: scratch };
    const known = await runCommand([...args, "--token", token], { cwd: folder.path, env });
    expect(known).toEqual({ exitCode: 0, stdout: markdown(1), stderr: "" });
    const stranger = await runCommand(args, { cwd: folder.path, env });
    expect(stranger).toMatchObject({ exitCode: 1, stdout: "" });
    expect(stranger.stderr).toContain("(credentials_invalid)");
  });

  test("is told to stop where somebody stops", async () => {
    await using server = await startServer({ LLM_BASE_URL: engine.url });
    await write("scan.pdf", await numberedPdf(1));
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    answer = async () => {
      resolve();
      return await new Promise<never>(() => {});
    };
    const options = { cwd: folder.path, env: { TMPDIR: scratch } };
    const running = startCommand(["--server", server.url, "scan.pdf"], options);
    await isAsked;
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ exitCode: 143, stdout: "" });
    const { items } = await createClient({ url: server.url }).api.jobs.list.query({});
    expect(items).toMatchObject([{ state: "cancelled" }]);
  });

  test("that is not there is said at once, for all files together", async () => {
    await write("a.pdf", await numberedPdf(1));
    await write("b.pdf", await numberedPdf(1));
    const { exitCode, stderr } = await myOcr(["--server", "http://127.0.0.1:9", "a.pdf", "b.pdf"]);
    expect(exitCode).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^a\.pdf: The server cannot be reached.*\(server_unreachable\)$/),
    ]);
  });
});

describe("in a terminal", () => {
  test("a bar tells how far it is, and hostile names and texts steer nothing", async () => {
    const name = "evil\u001b]0;title\u0007.pdf";
    await write(name, await numberedPdf(2));
    answer = () => ({ text: "red \u001b[31m text" });
    const options = { cwd: folder.path, env: environment() };
    await using terminal = startInTerminal(commandLine(name), options);
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(0);
    expect(screen).toContain("░ 0 of 1 files  evil?]0;title?.pdf");
    expect(screen).toContain("red [31m text");
    expect(screen).not.toContain("\u001b]0;");
    expect(screen).not.toContain("\u001b[31m");
    // The bar is gone before the text comes.
    expect(screen).toContain("\r\u001b[K<!-- page 1 -->");
  });

  test("Ctrl-C stops it, through the launcher that Node runs", async () => {
    await write("scan.pdf", await numberedPdf(1));
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    answer = async () => {
      resolve();
      return await new Promise<never>(() => {});
    };
    const launcher = join(import.meta.dir, "../../../bin/my-ocr.js");
    const options = { cwd: folder.path, env: environment() };
    await using terminal = startInTerminal(["node", launcher, "scan.pdf"], options);
    await isAsked;
    terminal.type("\u0003");
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(130);
    expect(screen).toContain("my-ocr: interrupted.");
    expect(readdirSync(scratch)).toEqual([]);
  });
});
