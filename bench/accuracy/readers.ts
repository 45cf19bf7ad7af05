/** The engines that are compared, each behind one function from a page's pixels to its text. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../src/server/config.ts";
import { createEmbeddedEngine, embeddedProfile } from "../../src/server/engines/embedded/engine.ts";
import type { Engine } from "../../src/server/engines/engine.ts";
import { createEngines } from "../../src/server/engines/registry.ts";
import { createLogger } from "../../src/server/logger.ts";
import type { ImageProfile, PageImage } from "../../src/server/page-image.ts";
import { residentMb } from "../../src/server/processes/memory.ts";

export interface Reader extends AsyncDisposable {
  name: string;
  profile: ImageProfile;
  read(image: PageImage, language: string): Promise<string>;
  /** Resident MiB of its processes at their largest, since the last call. */
  peakMb(): number;
}

export const engineNames = ["embedded", "tesseract", "openai"] as const;
export type EngineName = (typeof engineNames)[number];

const SAMPLE_MS = 20;

/** @param processes of the built-in engine, each with one thread. */
export async function createReader(name: EngineName, processes = 1): Promise<Reader> {
  switch (name) {
    case "embedded": {
      const logger = createLogger("warn");
      const engine = createEmbeddedEngine({ processes, memoryLimitMb: 2000, logger });
      await engine.health(AbortSignal.timeout(30_000));
      return engineReader(engine, () => engine.pids);
    }
    case "openai": {
      const config = parseConfig(process.env);
      if (config.LLM_BASE_URL === undefined) throw new Error("Set LLM_BASE_URL and LLM_MODEL.");
      return engineReader(createEngines(config, createLogger("warn")).default.engine, () => []);
    }
    case "tesseract":
      return await tesseractReader();
  }
  return name satisfies never;
}

/** The largest of what was noted since it was last taken. */
class Peak {
  #largest = 0;

  note(value: number): void {
    this.#largest = Math.max(this.#largest, value);
  }

  take(): number {
    const value = this.#largest;
    this.#largest = 0;
    return value;
  }
}

function engineReader(engine: Engine, pids: () => readonly number[]): Reader {
  const peak = new Peak();
  const sampler = setInterval(() => {
    for (const pid of pids()) peak.note(residentMb(pid) ?? 0);
  }, SAMPLE_MS);
  return {
    name: engine.name,
    profile: engine.profile,
    async read(image) {
      let text = "";
      const prompt = "Free OCR, output markdown.";
      for await (const event of engine.stream(image, { prompt }, new AbortController().signal)) {
        if (event.type === "delta") text += event.delta;
      }
      return text;
    },
    peakMb: () => peak.take(),
    async [Symbol.asyncDispose]() {
      clearInterval(sampler);
      await engine[Symbol.asyncDispose]();
    },
  };
}

/** Tesseract's names of the languages. */
const TESSERACT_LANGUAGES: Record<string, string> = {
  en: "eng",
  de: "deu",
  fr: "fra",
  es: "spa",
  it: "ita",
  nl: "nld",
  la: "lat",
  ru: "rus",
  ja: "jpn",
  ko: "kor",
  ar: "ara",
  "zh-Hans": "chi_sim",
  "zh-Hant": "chi_tra",
};

/** Debian's tesseract on one thread, given the same pixels and told the language. */
async function tesseractReader(): Promise<Reader> {
  if (Bun.which("tesseract") === null) {
    throw new Error("tesseract is not installed: apt-get install tesseract-ocr");
  }
  const listed = await new Response(Bun.spawn(["tesseract", "--list-langs"]).stdout).text();
  const installed = new Set(listed.split("\n"));
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-accuracy-"));
  const peak = new Peak();
  return {
    name: "tesseract",
    profile: embeddedProfile,
    async read(image, language) {
      const path = join(folder, "page.bmp");
      writeFileSync(path, image.bytes);
      const names = language.split("+").map((one) => TESSERACT_LANGUAGES[one] ?? "eng");
      const known = names.filter((one) => installed.has(one));
      const child = Bun.spawn(
        ["tesseract", path, "-", "-l", known.length > 0 ? known.join("+") : "eng"],
        { env: { ...process.env, OMP_THREAD_LIMIT: "1" }, stderr: "ignore" },
      );
      const text = await new Response(child.stdout).text();
      await child.exited;
      peak.note((child.resourceUsage()?.maxRSS ?? 0) / 1024 / 1024);
      return text;
    },
    peakMb: () => peak.take(),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
