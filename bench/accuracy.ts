/**
 * How well and how fast an engine reads documents whose text is known, beside Debian's tesseract in
 * the same run and on the same pixels: `bun run bench:accuracy [--engine embedded|tesseract|openai]
 * [--filter en_] [--baseline tesseract|none]`. The documents are those of `$OCR_DATA/truth`. Writes
 * `reports/accuracy.json`, and `docs/accuracy.md` after a run over all documents.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLogger } from "../src/server/logger.ts";
import type { PageImage } from "../src/server/page-image.ts";
import { Raster } from "../src/server/raster/raster.ts";
import { drawDocument } from "./accuracy/draw.ts";
import { type EngineName, type Reader, createReader, engineNames } from "./accuracy/readers.ts";
import { type Reading, toMarkdown, toTable } from "./accuracy/report.ts";
import { score } from "./accuracy/score.ts";
import { type TruthDocument, readTruth } from "./accuracy/truth.ts";

const root = join(import.meta.dir, "..");

const { values: options } = parseArgs({
  options: {
    engine: { type: "string", default: "embedded" },
    filter: { type: "string", default: "" },
    baseline: { type: "string", default: "tesseract" },
    texts: { type: "string" },
  },
});

function engineName(text: string): EngineName {
  const name = engineNames.find((one) => one === text);
  if (!name) throw new Error(`--engine and --baseline take one of ${engineNames.join(", ")}.`);
  return name;
}

async function readOne(reader: Reader, document: TruthDocument, image: PageImage) {
  const startedAt = performance.now();
  const text = await reader.read(image, document.language);
  const seconds = (performance.now() - startedAt) / 1000;
  const { name, group, truth } = document;
  if (options.texts !== undefined) {
    mkdirSync(options.texts, { recursive: true });
    writeFileSync(join(options.texts, `${name}.${reader.name}.md`), text);
  }
  const reading: Reading = {
    document: name,
    group,
    engine: reader.name,
    seconds,
    peakMb: reader.peakMb(),
    ...score(truth, text),
  };
  return reading;
}

async function main(): Promise<void> {
  const folder = process.env["OCR_DATA"];
  if (folder === undefined) throw new Error("Set OCR_DATA to the folder that holds truth/.");
  const documents = readTruth(folder, options.filter);
  const names = [options.engine, options.baseline].filter((name) => name !== "none");
  await using stack = new AsyncDisposableStack();
  const logger = createLogger("warn");
  const raster = stack.use(
    new Raster({ processes: 1, timeoutMs: 60_000, memoryLimitMb: 2048, logger }),
  );
  const readers: Reader[] = [];
  for (const name of new Set(names)) {
    readers.push(stack.use(await createReader(engineName(name))));
  }
  const readings: Reading[] = [];
  for (const document of documents) {
    const [first] = readers;
    if (!first) return;
    const image = await drawDocument(raster, document, first.profile);
    for (const reader of readers) {
      const reading = await readOne(reader, document, image);
      readings.push(reading);
      console.log(line(reading));
    }
  }
  console.log(`\n${toTable(readings)}`);
  save(readings);
}

function line(reading: Reading): string {
  const { document, engine, wordF1, characterF1, characterErrorRate, seconds } = reading;
  const numbers = [wordF1, characterF1, characterErrorRate].map((value) => value.toFixed(3));
  return `${document.padEnd(40)} ${engine.padEnd(10)} ${numbers.join(" ")} ${seconds.toFixed(1)} s`;
}

function save(readings: Reading[]): void {
  const git = Bun.spawnSync(["git", "rev-parse", "--short", "HEAD"], { cwd: root });
  const run = {
    commit: git.stdout.toString().trim() || "unknown",
    machine: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores`,
    bun: Bun.version,
    date: new Date().toISOString().slice(0, 10),
  };
  mkdirSync(join(root, "reports"), { recursive: true });
  const json = JSON.stringify({ ...run, readings }, undefined, 2);
  writeFileSync(join(root, "reports/accuracy.json"), `${json}\n`);
  if (options.filter === "" && options.baseline !== "none") {
    writeFileSync(join(root, "docs/accuracy.md"), toMarkdown(readings, run));
  }
}

await main();
