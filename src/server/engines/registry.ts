/** Which engine reads the pages: the one at `LLM_BASE_URL`, or the built-in one. */
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import { createEmbeddedEngine } from "./embedded/engine.ts";
import { latinLanguages } from "./embedded/latin/function-words.ts";
import type { Engine } from "./engine.ts";
import { createOpenAiCompatibleEngine } from "./openai-compatible/engine.ts";

export function createEngine(config: Config, logger: Logger): Engine {
  if (config.LLM_BASE_URL === undefined) {
    return createEmbeddedEngine({
      processes: config.EMBEDDED_PROCESSES,
      memoryLimitMb: config.EMBEDDED_MEMORY_MB,
      languages: latinLanguages.filter((one) => config.EMBEDDED_LANGUAGES.includes(one)),
      modelsFolder: config.EMBEDDED_MODELS_DIR,
      logger,
    });
  }
  return createOpenAiCompatibleEngine({
    baseUrl: config.LLM_BASE_URL,
    apiKey: config.LLM_API_KEY,
    model: config.LLM_MODEL,
    extraBody: config.LLM_EXTRA_BODY,
    longestSide: config.LLM_IMAGE_LONGEST_SIDE,
    timeoutMs: config.LLM_TIMEOUT_S * 1000,
    maxRetries: config.LLM_MAX_RETRIES,
    concurrency: config.OCR_PAGE_CONCURRENCY,
    logger,
  });
}
