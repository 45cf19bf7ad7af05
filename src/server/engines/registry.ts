/**
 * Which engines there are: the one at `LLM_BASE_URL`, where that is set, and the built-in one. The
 * first reads what nobody chose an engine for.
 */
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics/registry.ts";
import { createEmbeddedEngine } from "./embedded/engine.ts";
import { latinLanguages } from "./embedded/latin/function-words.ts";
import type { Engine } from "./engine.ts";
import { type EngineMaker, Engines } from "./engines.ts";
import { createOpenAiCompatibleEngine } from "./openai-compatible/engine.ts";

interface EngineOptions {
  metrics?: Pick<Metrics, "childPools" | "engineQueues" | "engineHealth">;
  /** Takes the place of all of them. */
  override?: Engine | undefined;
}

export function createEngines(
  config: Config,
  logger: Logger,
  { metrics, override }: EngineOptions = {},
): Engines {
  const makers = override
    ? [{ name: override.name, create: () => override }]
    : [...remoteEngine(config, logger), embeddedEngine(config, logger, metrics?.childPools)];
  return new Engines(makers, config.OCR_PAGE_CONCURRENCY, metrics);
}

function embeddedEngine(
  config: Config,
  logger: Logger,
  metrics: Metrics["childPools"] | undefined,
): EngineMaker {
  return {
    name: "embedded",
    create: () =>
      createEmbeddedEngine({
        processes: config.EMBEDDED_PROCESSES,
        memoryLimitMb: config.EMBEDDED_MEMORY_MB,
        languages: latinLanguages.filter((one) => config.EMBEDDED_LANGUAGES.includes(one)),
        modelsFolder: config.EMBEDDED_MODELS_DIR,
        logger,
        metrics,
      }),
  };
}

function remoteEngine(config: Config, logger: Logger): EngineMaker[] {
  const { LLM_BASE_URL: baseUrl } = config;
  if (baseUrl === undefined) return [];
  const create = (): Engine =>
    createOpenAiCompatibleEngine({
      baseUrl,
      apiKey: config.LLM_API_KEY,
      model: config.LLM_MODEL,
      extraBody: config.LLM_EXTRA_BODY,
      longestSide: config.LLM_IMAGE_LONGEST_SIDE,
      timeoutMs: config.LLM_TIMEOUT_S * 1000,
      maxRetries: config.LLM_MAX_RETRIES,
      concurrency: config.OCR_PAGE_CONCURRENCY,
      logger,
    });
  return [{ name: "openai-compatible", create }];
}
