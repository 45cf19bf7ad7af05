import { expect, test } from "bun:test";
import { join } from "node:path";
import { ensureLibraryBuilt } from "../scripts/build-library.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { newBearer } from "../tests/accounts.ts";
import { numberedPdf, pageNumberOf } from "../tests/fixtures/numbered-pages.ts";
import { startSite } from "./browser.ts";

const LIBRARY = join(import.meta.dir, "../dist/client-library/client.js");

/** Somebody else's page, which reads a file with the library as it is. */
const PAGE = `<!doctype html>
<title>Another site</title>
<link rel="icon" href="data:," />
<pre></pre>
<script type="module">
  import { createClient } from "/client.js";

  const { url, token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const blob = await (await fetch("/scan.pdf")).blob();
  const run = createClient({ url, token }).ocr(new File([blob], "scan.pdf"));
  const pre = document.querySelector("pre");
  for await (const event of run) if (event.type === "done") pre.append(event.state, ": ");
  pre.append(await run.text());
</script>`;

function startOtherSite(pdf: Uint8Array<ArrayBuffer>): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/": () => new Response(PAGE, { headers: { "content-type": "text/html" } }),
      "/client.js": () => new Response(Bun.file(LIBRARY)),
      "/scan.pdf": () => new Response(pdf),
    },
  });
}

async function startEngine(): Promise<ScriptedEngineServer> {
  return await startScriptedEngine(async ({ image }) => ({
    text: `Text of page ${await pageNumberOf(image)}.`,
  }));
}

test("a page of another site reads a file with the typed client and a token", async () => {
  await ensureLibraryBuilt();
  await using engine = await startEngine();
  using other = startOtherSite(new Uint8Array(await numberedPdf(2)));
  await using site = await startSite({
    LLM_BASE_URL: engine.url,
    AUTH_ENABLED: "true",
    CORS_ORIGINS: other.url.origin,
  });
  const { authorization } = await newBearer(site, "ada");
  const { page, problems } = await site.open({}, "/healthz");
  const hash = new URLSearchParams({
    url: site.url,
    token: authorization.replace("Bearer ", ""),
  });
  problems.length = 0;
  await page.goto(`${other.url.href}#${hash}`);
  const text = page.getByText("done: ");
  await text.waitFor();
  await page.getByText("Text of page 2.").waitFor();
  expect(await text.textContent()).toBe("done: Text of page 1.\n\nText of page 2.");
  expect(problems).toEqual([]);
}, 120_000);
