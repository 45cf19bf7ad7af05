/** What people get who install the package: its client runs where they run it, and has types. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { type InstalledPackage, installPackage, spawned } from "./fixtures/installed-package.ts";
import { listeningUrl } from "./fixtures/listening-url.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";

let installed: InstalledPackage;
let engine: ScriptedEngineServer;

beforeAll(async () => {
  installed = await installPackage();
  engine = await startScriptedEngine(async ({ image }) => ({
    text: `Text of page ${await pageNumberOf(image)}.`,
  }));
}, 60_000);
afterAll(async () => {
  installed[Symbol.dispose]();
  await engine[Symbol.asyncDispose]();
});

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(installed.folder, name);
  await Bun.write(path, content);
  return path;
}

/** The command of the installed package, as on a machine with Node alone. */
function startLauncher(...args: string[]): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const launcher = join(installed.packageFolder, "bin/my-ocr.js");
  return Bun.spawn(["node", launcher, ...args], {
    cwd: installed.folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      RASTER_PROCESSES: "1",
      DATA_DIR: join(installed.folder, "data"),
      LLM_BASE_URL: engine.url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function startInstalled(): Promise<{ url: string } & AsyncDisposable> {
  const child = startLauncher("serve");
  const url = await listeningUrl(child.stdout);
  if (url === undefined) throw new Error("the installed server did not start");
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    },
  };
}

describe("the client of the installed package", () => {
  const program = `
    import { readFile } from "node:fs/promises";
    import { MyOcrError, createClient } from "my-ocr/client";

    const client = createClient({ url: process.argv[2] });
    const run = client.ocr(await readFile("scan.pdf"), { name: "scan.pdf" });
    const types = [];
    for await (const { type } of run) types.push(type);
    const { items } = await client.api.documents.list.query({ limit: 1 });
    const failure = await client.ocr(new Uint8Array(3)).text().catch((error) => error);
    const code = failure instanceof MyOcrError ? failure.code : failure;
    const [first, last] = [types[0], types.at(-1)];
    const result = { first, last, text: await run.text(), pages: await run.pages(), items, code };
    console.log(JSON.stringify(result));
  `;

  test.each([
    ["Node", "node"],
    ["Bun", process.execPath],
  ])("reads a document in %s", async (_name, runtime) => {
    await write("scan.pdf", await numberedPdf(2));
    const path = await write("read.mjs", program);
    await using server = await startInstalled();
    const output: unknown = JSON.parse(
      await spawned([runtime, path, server.url], installed.folder),
    );
    expect(output).toMatchObject({
      first: "document",
      last: "done",
      text: "Text of page 1.\n\nText of page 2.",
      pages: [
        { page: 1, state: "done", text: "Text of page 1." },
        { page: 2, state: "done", text: "Text of page 2." },
      ],
      items: [{ name: "scan.pdf", pages: 2, job: { state: "done" } }],
      code: "file_unsupported",
    });
  });

  test("needs nothing of Node or Bun, so that browsers can load it as it is", async () => {
    const code = await Bun.file(
      join(installed.packageFolder, "dist/client-library/client.js"),
    ).text();
    expect(new Bun.Transpiler({ loader: "js" }).scanImports(code)).toEqual([]);
    expect(code).not.toMatch(/\b(?:Bun|process|Buffer)\./);
  });
});

describe("the command of the installed package", () => {
  test("reads a document, started by Node", async () => {
    await write("scan.pdf", await numberedPdf(2));
    const child = startLauncher("--format", "txt", "scan.pdf");
    expect(await new Response(child.stdout).text()).toBe("Text of page 1.\n\fText of page 2.\n");
    expect(await child.exited).toBe(0);
  });

  test("hands on how a command ended", async () => {
    const child = startLauncher("gone.pdf");
    await new Response(child.stdout).text();
    expect(await child.exited).toBe(2);
  });
});

describe("the types of the installed package", () => {
  const program = `
    import { type OcrRunEvent, MyOcrError, createClient } from "my-ocr/client";

    const client = createClient({ url: "http://localhost:3000", token: "key" });
    const run = client.ocr(new Uint8Array(), { pages: "1-3", signal: AbortSignal.timeout(1000) });

    export async function right(): Promise<string[]> {
      for await (const event of run) {
        if (event.type === "delta") console.log(event.page.toFixed(), event.delta.trim());
        if (event.type === "done") ended(event);
      }
      const { items } = await client.api.documents.list.query({ state: "done", limit: 3 });
      const [page] = await run.pages();
      console.log(page?.lines?.[0]?.box[3].toFixed(), page?.error?.code, await run.jobId);
      client.api.jobs.events.subscribe({ id: "1" }, { onData: ({ data }) => console.log(data.length) });
      return items.map(({ name, job }) => name + (job?.state ?? ""));
    }

    function ended({ state }: Extract<OcrRunEvent, { type: "done" }>): void {
      console.log(state === "partial");
    }

    export async function wrong(error: unknown): Promise<void> {
      // @ts-expect-error no address
      createClient({});
      // @ts-expect-error not a file
      client.ocr("scan.pdf");
      // @ts-expect-error no such option
      client.ocr(new Uint8Array(), { page: 1 });
      // @ts-expect-error no such procedure
      await client.api.documents.shred.mutate({ id: "1" });
      // @ts-expect-error no such state
      await client.api.documents.list.query({ state: "finished" });
      // @ts-expect-error the page is a number
      await client.api.jobs.page.query({ id: "1", page: "1" });
      // @ts-expect-error deltas have no state
      for await (const event of run) if (event.type === "delta") console.log(event.state);
      // @ts-expect-error no such code
      if (error instanceof MyOcrError && error.code === "file_lost") throw error;
    }
  `;

  /** Those of tRPC's own declarations left out: they want the types of Node's servers. */
  async function typeErrors(): Promise<string[]> {
    const tsc = join(import.meta.dir, "../node_modules/typescript/bin/tsc");
    const output = await spawned([process.execPath, tsc], installed.folder).catch(String);
    const lines = output.split("\n").filter((line) => line.includes(": error TS"));
    return lines.filter((line) => !line.includes("/@trpc/server/dist/"));
  }

  test.each([
    ["a bundler", { module: "esnext", moduleResolution: "bundler" }],
    ["Node", { module: "nodenext", moduleResolution: "nodenext" }],
  ])(
    "let right calls compile and wrong ones not, as %s resolves them",
    async (_name, resolution) => {
      await write("program.mts", program);
      const compilerOptions = {
        ...resolution,
        target: "es2022",
        lib: ["es2022", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
      };
      await write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["program.mts"] }));
      expect(await typeErrors()).toEqual([]);
    },
  );
});
