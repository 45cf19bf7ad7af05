/** Starts the server: configuration, services, listen, signals. */
import { createApp } from "./app.ts";
import { type Config, ConfigError, parseConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { createServices } from "./services.ts";
import { stopOnSignals } from "./stop-on-signals.ts";

function readConfig(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) process.stderr.write(`Configuration: ${mistake}\n`);
    process.exit(2);
  }
}

const config = readConfig();
const logger = createLogger(config.LOG_LEVEL);
try {
  const services = await createServices(config, logger);
  const app = createApp(services).listen({ hostname: config.HOST, port: config.PORT });
  stopOnSignals(app, services);
  logger.info(
    { url: app.server?.url.href, engine: services.engines.defaultName },
    "My OCR is running",
  );
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`My OCR cannot start: ${message}\n`);
  process.exit(1);
}
