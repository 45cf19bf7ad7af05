/**
 * Does what the documents tell readers to do, in a copy of the repository and against its server, and
 * sees whether it does what they say.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CleanCopy, cleanCopy, startCopy } from "./fixtures/clean-copy.ts";
import { documents, readDocument } from "./fixtures/documents.ts";
import {
  type RunnableBlock,
  isOutput,
  outputFile,
  programFile,
  runnableBlocks,
  scriptOf,
  serverSettings,
} from "./fixtures/runnable-blocks.ts";

const TIMEOUT_MS = 180_000;
/** What the blocks want of the machine. In CI it has to be there. */
const isEquipped = ["bash", "curl", "node", "npx", "python3"].every((name) => Bun.which(name));
const texts = await Promise.all(
  documents.map(async (name): Promise<[string, string]> => [name, await readDocument(name)]),
);
const runnable = texts.filter(([, text]) => runnableBlocks(text).length > 0);

describe.skipIf(!isEquipped && !process.env["CI"])("what documents say to run", () => {
  let copy: CleanCopy;

  beforeAll(async () => {
    copy = await cleanCopy();
  }, TIMEOUT_MS);
  afterAll(() => copy[Symbol.dispose]());

  /** @returns what is not as the document says, a line for each block. */
  async function problemsOf(markdown: string): Promise<string[]> {
    const settings = serverSettings(markdown);
    await using server = await startCopy(copy, settings);
    const here = markdown.replaceAll("localhost:3000", new URL(server.url).host);
    const blocks = runnableBlocks(here);
    const folder = join(copy.folder, ".runnable");
    mkdirSync(folder);
    try {
      const { exitCode, stderr } = await runAll(blocks, folder);
      const ran = blocks.filter((_, index) => existsSync(join(folder, outputFile(index))));
      const ended = exitCode === 0 ? ran : ran.slice(0, -1);
      const wrong = await Promise.all(
        ended.map(async (block, index) => {
          const output = await Bun.file(join(folder, outputFile(index))).text();
          if (block.output === undefined || isOutput(output, block.output)) return [];
          return [`line ${block.line} prints:\n${output}`];
        }),
      );
      if (exitCode === 0) return wrong.flat();
      return [...wrong.flat(), `line ${ran.at(-1)?.line} ends with ${exitCode}:\n${stderr}`];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async function runAll(
    blocks: readonly RunnableBlock[],
    folder: string,
  ): Promise<{ exitCode: number; stderr: string }> {
    for (const [index, block] of blocks.entries()) {
      const program = programFile(block, index);
      if (program !== undefined) await Bun.write(join(folder, program), block.code);
    }
    const { PATH = "", HOME = "" } = process.env;
    const child = Bun.spawn(["bash", "-c", scriptOf(blocks, folder)], {
      cwd: copy.folder,
      env: { PATH, HOME },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [exitCode, stderr] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    return { exitCode, stderr };
  }

  test("is found in the documents", () => {
    const names = runnable.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(["README.md", "docs/api.md"]));
  });

  test.each(runnable)(
    "works in %s",
    async (_name, markdown) => {
      expect(await problemsOf(markdown)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "is told where it fails or prints something else",
    async () => {
      const markdown = [
        "```sh runnable\nname=ada\necho hello $name\n```\n\n```text\nhello ada\n```\n",
        "```js runnable\nconsole.log('a', 'b', 'c');\n```\n\n```text\na … c\n```\n",
        "```python runnable\nprint('other')\n```\n\n```text\nsome\n```\n",
        "```sh runnable\ncurl -sf localhost:3000/healthz\n```\n",
        "```sh runnable\ncurl -sf localhost:3000/nowhere\n```\n",
        "```sh runnable\necho never\n```\n",
      ].join("\n");
      expect(await problemsOf(markdown)).toEqual([
        "line 18 prints:\nother\n",
        expect.stringMatching(/^line 30 ends with 22:/),
      ]);
    },
    TIMEOUT_MS,
  );
});

test("a mark that is misspelt is an error, not a block that is left out", () => {
  expect(() => runnableBlocks("text\n\n```sh runable\necho\n```\n")).toThrow("line 3");
  expect(() => runnableBlocks("```ruby runnable\nputs\n```\n")).toThrow("ruby");
});
