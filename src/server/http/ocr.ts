/**
 * `POST /api/ocr/image` and `/api/ocr/pdf`: a file goes in, its text streams out as NDJSON. With
 * `store=true` both are kept.
 */
import { Elysia } from "elysia";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import type { Principal } from "../auth/principal.ts";
import type { OpenedUpload } from "../documents/open-upload.ts";
import { openUpload } from "../documents/open-upload.ts";
import { type Upload, receiveUpload } from "../documents/receive-upload.ts";
import { AppError, toAppError } from "../errors.ts";
import { streamJob } from "../jobs/stream.ts";
import type { Logger } from "../logger.ts";
import { recognizeDocument } from "../ocr/recognize-document.ts";
import type { Services } from "../services.ts";
import { withHeartbeat } from "../streams/heartbeat.ts";
import { ndjsonResponse } from "../streams/ndjson-response.ts";
import { access } from "./access.ts";
import { checked } from "./body.ts";
import { type TimeoutServer, liftIdleTimeout } from "./idle-timeout.ts";
import { uploadSchema } from "./ocr-operations.ts";

const MAX_PROMPT_CHARS = 16_000;

interface OcrCall {
  kind: "image" | "pdf";
  request: Request;
  requestId: string;
  principal: Principal;
  logger: Logger;
  /** Lifts the server's idle time-out, which would cut a slow upload and a quiet stream. */
  liftIdleTimeout: () => Disposable;
}

export function ocrRoutes(services: Services) {
  const context =
    (kind: OcrCall["kind"]) =>
    async (
      call: Omit<OcrCall, "kind" | "liftIdleTimeout"> & {
        server: TimeoutServer | null;
      },
    ): Promise<Response> =>
      await respond(services, {
        kind,
        request: call.request,
        requestId: call.requestId,
        logger: call.logger,
        principal: call.principal,
        liftIdleTimeout: () => liftIdleTimeout(call.server, call.request),
      });
  return new Elysia()
    .use(access(services))
    .post("/api/ocr/image", context("image"), { parse: "none", signedIn: true })
    .post("/api/ocr/pdf", context("pdf"), { parse: "none", signedIn: true });
}

/** Everything up to the start of the stream; what fails here is a plain HTTP error. */
async function respond(services: Services, call: OcrCall): Promise<Response> {
  const controller = new AbortController();
  const onGone = (): void =>
    controller.abort(new AppError("cancelled", "The caller closed the connection."));
  call.request.signal.addEventListener("abort", onGone, { once: true });
  const cleanup = new AsyncDisposableStack();
  cleanup.defer(() => call.request.signal.removeEventListener("abort", onGone));
  try {
    cleanup.use(services.metrics.http.hold(call.request));
    cleanup.use(services.lifecycle.enter(controller, call.principal));
    const idleTimeout = cleanup.use(call.liftIdleTimeout());
    const { uploadLimits, spoolDirectory, quota } = services;
    const { userId } = call.principal;
    // Nothing is received in vain.
    quota.check(userId, 1);
    const { signal } = controller;
    const upload = await receiveUpload(call.request, spoolDirectory, uploadLimits, signal);
    cleanup.use(upload);
    const prompt = promptOf(upload, services.config.LLM_PROMPT);
    const read = isKept(upload) ? readKept : readOnce;
    const { raster, openLimits, engines } = services;
    const { profile } = engines.default.engine;
    const opened = await openUpload(upload, raster, openLimits, profile, signal);
    const events = await read(services, call, { upload, opened, prompt, controller, cleanup });
    return stream(services, call, events, { controller, idleTimeout, cleanup });
  } catch (error) {
    await cleanup.disposeAsync();
    const refusal: unknown = controller.signal.aborted ? controller.signal.reason : error;
    services.metrics.uploadsRefused.inc({ code: toAppError(refusal).code });
    throw refusal;
  }
}

interface Reading {
  upload: Upload;
  opened: OpenedUpload;
  prompt: string;
  controller: AbortController;
  /** Of the request. */
  cleanup: AsyncDisposableStack;
}

type Events = AsyncGenerator<OcrEvent, void, undefined>;

async function readOnce(services: Services, call: OcrCall, reading: Reading): Promise<Events> {
  const { requestId, kind, principal, logger } = call;
  const { opened: upload, prompt, controller, cleanup } = reading;
  const { userId } = principal;
  const reservation = cleanup.use(services.quota.reserve(userId, upload.selected.length));
  return recognizeDocument(
    { requestId, userId, kind, upload, prompt, controller, reservation, logger },
    {
      ...services.engines.default,
      ledger: services.ledger,
      metrics: services.metrics.recognition,
    },
  );
}

/** The file becomes a document, and the stream follows the job that reads it. */
async function readKept(services: Services, call: OcrCall, reading: Reading): Promise<Events> {
  const { library, jobs } = services;
  const { requestId, kind, principal, logger } = call;
  const { upload, opened, prompt, controller } = reading;
  const { source, bytes, pages, selected } = opened;
  const { userId } = principal;
  // The job asks again; but a file that may not be read is not kept either.
  services.quota.check(userId, selected.length);
  const document = await library.add({ userId, name: upload.fileName, source, bytes, pages });
  const options = { prompt, pages: upload.fields.get("pages") };
  const job = await jobs.start(principal, document.id, options);
  return streamJob(
    { requestId, principal, document, job, pages: selected, kind, controller, logger },
    services,
  );
}

function stream(
  services: Services,
  { requestId, logger }: OcrCall,
  events: Events,
  run: {
    controller: AbortController;
    idleTimeout: Disposable;
    cleanup: AsyncDisposableStack;
  },
): Response {
  const ping = (): OcrEvent => ({ type: "ping" });
  return ndjsonResponse(withHeartbeat(events, services.heartbeatMs, ping), {
    controller: run.controller,
    onClose: () => {
      // At once: it belongs to the connection, which is somebody's next request after this one.
      run.idleTimeout[Symbol.dispose]();
      void run.cleanup.disposeAsync();
    },
    onError: (error): OcrEvent => {
      logger.error({ err: error }, "stream failed");
      const { code, message } = toAppError(error);
      return { type: "error", code, detail: message, request_id: requestId };
    },
    stallMs: services.config.STREAM_STALL_S * 1000,
    headers: { "x-request-id": requestId },
  });
}

/** @throws AppError validation_failed. */
function isKept({ fields }: Upload): boolean {
  return (
    checked(uploadSchema.pick({ store: true }), { store: fields.get("store") }).store === "true"
  );
}

/** A blank prompt counts as none. */
function promptOf(upload: Upload, fallback: string): string {
  const prompt = upload.fields.get("prompt") ?? "";
  if (prompt.length > MAX_PROMPT_CHARS) {
    throw new AppError(
      "prompt_too_long",
      `The prompt is longer than ${MAX_PROMPT_CHARS} characters. Shorten it.`,
    );
  }
  return prompt.trim() === "" ? fallback : prompt;
}
