import { expect, test } from "bun:test";
import { basename, dirname } from "node:path";
import { Glob } from "bun";
import { z } from "zod";

const files = [...new Glob("*/*messages.ts").scanSync({ cwd: import.meta.dir, absolute: true })];
const moduleSchema = z.object({ messages: z.object({ en: z.looseObject({}) }) });

/** What the other sources of the feature say. */
async function sourcesBeside(file: string): Promise<string> {
  const names = [...new Glob("*.{ts,tsx}").scanSync({ cwd: dirname(file), absolute: true })];
  const others = names.filter((name) => name !== file && !name.includes(".test."));
  return (await Promise.all(others.map((name) => Bun.file(name).text()))).join("\n");
}

function isUsed(key: string, sources: string): boolean {
  const asProperty = new RegExp(`\\.${key}\\b|: "${key}"`);
  const taken = new RegExp(`\\{[^{}]*\\b${key}\\b[^{}]*\\} = useMessages`);
  return asProperty.test(sources) || taken.test(sources);
}

test("the features have files of messages", () => {
  expect(files.length).toBeGreaterThan(6);
});

test.each(files.map((file) => [`${basename(dirname(file))}/${basename(file)}`, file] as const))(
  "every message of %s is shown somewhere",
  async (_, file) => {
    const { messages } = moduleSchema.parse(await import(file));
    const sources = await sourcesBeside(file);
    expect(Object.keys(messages.en).filter((key) => !isUsed(key, sources))).toEqual([]);
  },
);
