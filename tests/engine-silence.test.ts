/**
 * An engine that says nothing for long, longer than every idle time-out on the way (Bun's 10 s,
 * Elysia's 30 s): the stream stays alive and ends by LLM_TIMEOUT_S alone. `SILENCE_S=600 bun test
 * tests/engine-silence.test.ts` runs the ten minutes that a slow engine may take.
 */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OcrEvent } from "../src/shared/ocr-events.ts";
import { startScriptedEngine } from "../src/server/engines/scripted/server.ts";
import { numberedPdf, pageNumberOf } from "./fixtures/numbered-pages.ts";
import { checkStream, eventsOf, startServerProcess, uploadForm } from "./server.ts";

const SILENCE_S = Number(process.env["SILENCE_S"] || 40);
/** The contract's: proxies cut after so much silence. */
const LONGEST_GAP_MS = 10_000;

test(
  `a silence of ${SILENCE_S} s ends its pages by the time-out, not by a cut stream`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "my-ocr-silence-"));
    try {
      // Page 1 says nothing at all, page 2 stops in its middle, page 3 is read.
      await using engine = await startScriptedEngine(async ({ image }) => {
        const page = await pageNumberOf(image);
        if (page === 3) return { text: "read" };
        return {
          text: "abcdefgh",
          chunkChars: 4,
          fault: { kind: "silence", afterChunks: page - 1 },
        };
      });
      const env = { LLM_BASE_URL: engine.url, LLM_TIMEOUT_S: String(SILENCE_S) };
      await using server = await startServerProcess(folder, env);
      const init = { method: "POST", body: uploadForm(await numberedPdf(3)) };
      const events: OcrEvent[] = [];
      const startedAt = performance.now();
      let longestGapMs = 0;
      let lastAt = startedAt;
      for await (const event of eventsOf(await fetch(`${server.url}/api/ocr/pdf`, init))) {
        const now = performance.now();
        longestGapMs = Math.max(longestGapMs, now - lastAt);
        lastAt = now;
        events.push(event);
      }
      checkStream(events);
      expect(lastAt - startedAt).toBeGreaterThan(SILENCE_S * 1000 - 100);
      expect(longestGapMs).toBeLessThan(LONGEST_GAP_MS);
      const errors = events.filter((event) => event.type === "page_error");
      expect(errors.map(({ page, code }) => `${page} ${code}`).toSorted()).toEqual([
        "1 engine_timeout",
        "2 engine_timeout",
      ]);
      expect(events.at(-1)).toMatchObject({ type: "end", failed_pages: [1, 2] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  (SILENCE_S + 30) * 1000,
);
