/**
 * The server behind the proxies of `deploy/`, each run for real. `SILENCE_S=600 bun test
 * tests/proxies.test.ts` has an engine say nothing for ten minutes, with the time-outs as
 * they are shipped.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProxy, proxyNames } from "../scripts/proxies.ts";
import { createClient } from "../src/client-library/client.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import type { ScriptedAnswer } from "../src/server/engines/scripted/answer.ts";
import type { ServiceOverrides } from "../src/server/services.ts";
import { JobView } from "../src/shared/job-view.ts";
import { PASSWORD, register, refusalOf } from "./accounts.ts";
import { textImage } from "./fixtures/images.ts";
import { numberedPdf } from "./fixtures/numbered-pages.ts";
import { type Proxy, type ProxyOptions, hasIpv6, startProxy } from "./fixtures/proxies.ts";
import {
  type TestServer,
  checkStream,
  eventsOf,
  readEvents,
  startServer,
  textsOf,
  uploadForm,
} from "./server.ts";
import { followJob } from "./typed-client.ts";

const SILENCE_S = Number(process.env["SILENCE_S"] || 0);
const LONG_MS = 60_000;
const MIB = 1024 * 1024;
/** Most that a proxy may add to the first delta, in milliseconds. */
const MOST_ADDED_MS = 20;
const PAIRS = 15;

let answer: ScriptedAnswer;
let engine: ScriptedEngineServer;
let image: Uint8Array;

beforeAll(async () => {
  engine = await startScriptedEngine(() => answer);
  image = await textImage(["Hello"], "png");
});
beforeEach(() => void (answer = { text: "some text" }));
afterAll(async () => await engine[Symbol.asyncDispose]());

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function post(file: Uint8Array | Blob): RequestInit {
  return { method: "POST", body: uploadForm(file) };
}

// In CI they have to be there.
describe.each(proxyNames)("behind %s", (name) => {
  const isMissing = findProxy(name) === undefined && !process.env["CI"];
  let started: AsyncDisposableStack;
  let server: TestServer;
  let proxy: Proxy;

  beforeEach(() => void (started = new AsyncDisposableStack()));
  afterEach(async () => await started.disposeAsync());

  async function start(
    env: Record<string, string> = {},
    overrides: ServiceOverrides = {},
    options: ProxyOptions = {},
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "my-ocr-proxy-"));
    started.defer(() => rmSync(folder, { recursive: true, force: true }));
    const settings = { LLM_BASE_URL: engine.url, TRUSTED_PROXIES: "127.0.0.1", ...env };
    server = started.use(await startServer(settings, overrides));
    proxy = started.use(await startProxy(name, folder, server.url, options));
  }

  /** Milliseconds to the first delta. */
  async function firstDeltaMs(url: string): Promise<number> {
    const startedAt = performance.now();
    const response = await proxy.fetch(`${url}/api/ocr/image`, post(image));
    let ms = Number.NaN;
    for await (const event of eventsOf(response)) {
      if (event.type === "delta" && Number.isNaN(ms)) ms = performance.now() - startedAt;
    }
    return ms;
  }

  test.skipIf(isMissing)(
    `the first delta comes at most ${MOST_ADDED_MS} ms later than without it`,
    async () => {
      await start();
      // Whatever waited for more of them would come with the last.
      answer = { text: "slowly ".repeat(10), chunkChars: 7, paceMs: 10 };
      await firstDeltaMs(server.url);
      await firstDeltaMs(proxy.url);
      const direct: number[] = [];
      const proxied: number[] = [];
      for (let pair = 0; pair < PAIRS; pair++) {
        direct.push(await firstDeltaMs(server.url));
        proxied.push(await firstDeltaMs(proxy.url));
      }
      const added = median(proxied) - median(direct);
      console.log(`${name}: ${median(direct).toFixed(1)} ms, ${added.toFixed(1)} ms more`);
      expect(added).toBeLessThan(MOST_ADDED_MS);
    },
    LONG_MS,
  );

  test.skipIf(isMissing)(
    "a stream lives on while the engine says nothing for long",
    async () => {
      const silence = { text: "abcdefgh", chunkChars: 4, paceMs: (SILENCE_S || 3) * 1000 };
      answer = silence;
      const timeout = { LLM_TIMEOUT_S: String(SILENCE_S + 60) };
      if (SILENCE_S > 0) await start(timeout);
      else await start(timeout, { heartbeatMs: 300 }, name === "nginx" ? { readTimeoutS: 1 } : {});
      const startedAt = performance.now();
      const events = await readEvents(await proxy.fetch(`${proxy.url}/api/ocr/image`, post(image)));
      checkStream(events);
      expect(performance.now() - startedAt).toBeGreaterThan(silence.paceMs);
      expect(textsOf(events).get(0)).toBe("abcdefgh");
      expect(events.some(({ type }) => type === "ping")).toBe(true);
    },
    (SILENCE_S + 60) * 1000,
  );

  // Caddy waits for ever, and sends people on by itself.
  if (name === "nginx") {
    test.skipIf(isMissing)("who comes by HTTP is sent on to HTTPS", async () => {
      await start();
      const response = await fetch(`${proxy.plainUrl}/library?q=a%20b`, { redirect: "manual" });
      expect(response.status).toBe(308);
      expect(response.headers.get("location")).toBe("https://localhost/library?q=a%20b");
    });

    test.skipIf(isMissing || !hasIpv6)("it is there by IPv6, too", async () => {
      await start();
      const byIpv6 = (url: string): string => url.replace("localhost", "[::1]");
      const plain = await fetch(byIpv6(proxy.plainUrl), { redirect: "manual" });
      expect(plain.status).toBe(308);
      const tls = { rejectUnauthorized: false };
      expect((await fetch(`${byIpv6(proxy.url)}/healthz`, { tls })).status).toBe(200);
    });

    test.skipIf(isMissing)("without pings the proxy would cut it", async () => {
      answer = { text: "abcdefgh", chunkChars: 4, paceMs: 20_000 };
      await start({}, { heartbeatMs: LONG_MS }, { readTimeoutS: 1 });
      const response = await proxy.fetch(`${proxy.url}/api/ocr/image`, post(image));
      expect(await readEvents(response).then(checkStream, () => "cut")).toBe("cut");
    });
  }

  test.skipIf(isMissing)(
    "a file of 90 MiB comes through, and one that is too large gets the server's own answer",
    async () => {
      await start({ MAX_UPLOAD_MB: "91" });
      // What follows the end of a PNG is not looked at.
      const file = new Blob([new Uint8Array(image), new Uint8Array(90 * MIB - image.length)]);
      const events = await readEvents(await proxy.fetch(`${proxy.url}/api/ocr/image`, post(file)));
      expect(events.at(-1)).toMatchObject({ type: "end", usage: { input_bytes: 90 * MIB } });
      const tooLarge = new Blob([file, new Uint8Array(2 * MIB)]);
      const refused = await proxy.fetch(`${proxy.url}/api/ocr/image`, post(tooLarge));
      expect(await refusalOf(refused)).toBe("413 file_too_large");
    },
    LONG_MS,
  );

  test.skipIf(isMissing)(
    "who follows a job goes on at the last id when the proxy was started anew",
    async () => {
      await start();
      answer = { text: "Some text of a page. ".repeat(40), chunkChars: 7, paceMs: 15 };
      const { api } = createClient({ url: proxy.url, fetch: proxy.fetch });
      const form = uploadForm(await numberedPdf(2), {}, "numbered.pdf");
      const document = await api.documents.upload.mutate(form);
      const { id } = await api.jobs.start.mutate({ documentId: document.id });
      const view = new JobView();
      const halfway = Promise.withResolvers<void>();
      const { batches, ended } = followJob(api, { id }, (event) => {
        view.apply(event);
        if (event.type === "delta" && event.offset > 200) halfway.resolve();
      });
      await halfway.promise;
      await proxy.restart();
      const seen = batches.map((batch) => batch.id);
      await ended;
      const log = await proxy.log();
      // The first one stands for the state at the beginning, not for a place.
      expect(seen.slice(1).some((lastId) => log.includes(lastId))).toBe(true);
      expect(Array.from(view.pages.values(), ({ text }) => text)).toEqual([
        answer.text,
        answer.text,
      ]);
    },
    LONG_MS,
  );

  test.skipIf(isMissing)(
    "the server knows that people come by HTTPS, whatever they say",
    async () => {
      await start({ AUTH_ENABLED: "true" });
      await register(server, "ada");
      const response = await proxy.fetch(`${proxy.url}/api/auth/login`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          origin: proxy.url,
          "sec-fetch-site": "same-origin",
          "x-forwarded-proto": "http",
          "x-forwarded-host": "elsewhere.example",
        },
        body: JSON.stringify({ username: "ada", password: PASSWORD }),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get("set-cookie")).toMatch(/^__Host-session=.*; Secure/);
      expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
    },
  );

  test.skipIf(isMissing)("metrics are not for those outside", async () => {
    await start();
    for (const path of ["/metrics", "/api/metrics"]) {
      expect((await fetch(server.url + path)).status).toBe(200);
      expect((await proxy.fetch(proxy.url + path)).status).toBe(404);
    }
    expect((await proxy.fetch(`${proxy.url}/healthz`)).status).toBe(200);
  });
});
