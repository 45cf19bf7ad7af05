/** A Chromium on the real server: the production build, the built-in engine, an empty data folder. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { ensureClientBuilt } from "../scripts/build-client.ts";
import { findChromium } from "../scripts/chromium.ts";
import { startServerProcess } from "../tests/server.ts";

export interface Site extends AsyncDisposable {
  /** Ends without a slash. */
  url: string;
  /** Of the server's process. */
  pid: number;
  /** A page of a fresh browser context; `problems` gathers what must never happen on it. */
  open(options?: BrowserContextOptions, path?: string): Promise<{ page: Page; problems: string[] }>;
}

/** @param env of the server, beside what tests need. */
export async function startSite(env: Record<string, string> = {}): Promise<Site> {
  await ensureClientBuilt();
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-e2e-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.use(await startServerProcess(folder, env));
  const browser = await launch();
  stack.defer(async () => await browser.close());
  const resources = stack.move();
  return {
    url: server.url,
    pid: server.pid,
    open: async (options = {}, path = "/") =>
      await openPage(browser, `${server.url}${path}`, options),
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}

async function launch(): Promise<Browser> {
  const { path, args, env } = await findChromium();
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return await chromium.launch({
    executablePath: path,
    args,
    env: { ...Object.fromEntries(inherited), ...env },
  });
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("requestfailed", (request) => {
    const error = request.failure()?.errorText;
    // Whoever goes to another screen leaves requests behind; and Chromium says so of every stream
    // with `no-store` that was read to its end.
    const isLeft = error === "net::ERR_ABORTED";
    if (!isLeft) problems.push(`${error}: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}
