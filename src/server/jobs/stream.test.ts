import { expect, test } from "bun:test";
import { join } from "node:path";
import { numberedPdf, pageNumberOf } from "../../../tests/fixtures/numbered-pages.ts";
import { checkStream, startServer, textsOf } from "../../../tests/server.ts";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { Principal } from "../auth/principal.ts";
import { AppError } from "../errors.ts";
import { startScriptedEngine } from "../engines/scripted/server.ts";
import { streamJob } from "./stream.ts";

const PAGES = 12;
/** So long that the log of the job does not hold all of it. */
const textOf = (page: number): string => `Text of page ${page}. `.repeat(8_000);

async function createJob() {
  const stack = new AsyncDisposableStack();
  const engine = stack.use(
    await startScriptedEngine(async ({ image }) => ({
      text: textOf(await pageNumberOf(image)),
      chunkChars: 2_000,
    })),
  );
  const server = stack.use(await startServer({ LLM_BASE_URL: engine.url }));
  const { db, library, jobs, logger, spoolDirectory } = server.services;
  const principal = Principal.of(anonymousAccount(db, "anonymous"), { kind: "anonymous" });
  const path = join(spoolDirectory, "numbered");
  await Bun.write(path, await numberedPdf(PAGES));
  const source = { path, type: "pdf" as const };
  const { userId } = principal;
  const document = await library.add({ userId, name: "x", source, bytes: 1, pages: PAGES });
  const job = await jobs.start(principal, document.id, {});
  const pages = Array.from({ length: PAGES }, (_, index) => index + 1);
  const request = { requestId: "r", principal, document, job, pages, logger };
  return { stack, services: server.services, request };
}

test.each(["pdf", "image"] as const)(
  "a %s reader who sleeps misses nothing",
  async (kind) => {
    const { stack, services, request } = await createJob();
    await using _ = stack;
    const controller = new AbortController();
    const stream = streamJob({ ...request, kind, controller }, services);
    const events: OcrEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      // After its first text it sleeps until all is over.
      if (events.length === 3) await services.runner.untilOver(request.job.id);
    }
    checkStream(events);
    const texts = textsOf(events);
    const expected = request.pages.map(textOf);
    if (kind === "image") expect(texts.get(0)?.split("\n\n")).toEqual(expected);
    else expect(request.pages.map((page) => texts.get(page))).toEqual(expected);
    expect(events.at(-1)).toMatchObject({ type: "end", usage: { pages: PAGES } });
  },
  30_000,
);

test("a stream that nobody reads cancels its job when the request ends", async () => {
  const { stack, services, request } = await createJob();
  await using _ = stack;
  const controller = new AbortController();
  streamJob({ ...request, kind: "pdf", controller }, services);
  controller.abort(new AppError("cancelled", "The caller closed the connection."));
  await services.runner.untilOver(request.job.id);
  const { principal, job } = request;
  expect(await services.jobs.get(principal, job.id)).toMatchObject({ state: "cancelled" });
});
