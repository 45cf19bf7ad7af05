/**
 * The whole server inside of this process, without a port: calls are handed to it as they are. All
 * that it keeps is in a folder that is gone afterwards.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MyOcrClient, createClient } from "../../client-library/client.ts";
import { createApp } from "../app.ts";
import { parseConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { createServices } from "../services.ts";

/** Nobody's host: no call leaves the process. */
const URL_INSIDE = "http://localhost";

export interface OwnServer extends AsyncDisposable {
  client: MyOcrClient;
}

/** @throws ConfigError. */
export async function startInProcess(): Promise<OwnServer> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "my-ocr-"));
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  const config = parseConfig({
    ...process.env,
    DATA_DIR: folder,
    DATABASE_URL: join(folder, "my-ocr.db"),
    BACKUP_DIR: "",
    AUTH_ENABLED: "false",
    LOG_LEVEL: "silent",
  });
  const services = stack.use(await createServices(config, createLogger("silent")));
  const app = createApp(services);
  const client = createClient({
    url: URL_INSIDE,
    fetch: async (input, init) => await app.handle(new Request(input, init)),
  });
  stack.defer(async () => await services.lifecycle.drain(0));
  const resources = stack.move();
  return { client, [Symbol.asyncDispose]: async () => await resources.disposeAsync() };
}
