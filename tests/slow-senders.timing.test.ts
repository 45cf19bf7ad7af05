/** A thousand callers that send as slowly as they can, to use up what the server has (slowloris). */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchHealth } from "./fixtures/health.ts";
import { textPdf } from "./fixtures/pdf.ts";
import { type ServerProcess, startServerProcess, uploadForm } from "./server.ts";

const SOCKETS = 1_000;
const CLOSED_WITHIN_MS = 20_000;
const TRICKLE_MS = 1_000;
/** Generous for machines that run other tests beside: on an idle one it is below 20 ms. */
const HEALTH_P99_MS = 100;

let folder: string;
let server: ServerProcess;
/** A whole request, whose stream ends at once: a blank page needs no engine. */
let wholeRequest: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-slow-"));
  server = await startServerProcess(folder, { LLM_BASE_URL: "http://127.0.0.1:9/v1" });
  const form = new Response(uploadForm(textPdf([[]])));
  // It is gone once the body has been read.
  const type = form.headers.get("content-type") ?? "";
  const body = await form.bytes();
  const head = post("/api/ocr/pdf", type, body.length);
  wholeRequest = Buffer.concat([Buffer.from(head), body]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function post(path: string, type: string, length: number): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
}

const FORM = "multipart/form-data; boundary=b";
const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';

interface Sender {
  name: string;
  share: number;
  first: () => string | Uint8Array;
  /** What it says again and again; nothing where it is empty. */
  trickle: string;
  /** Its time counts from the end of the answer that it gets first. */
  isAnswered?: boolean;
}

const senders: readonly Sender[] = [
  { name: "says nothing", share: 0.18, first: () => "", trickle: "" },
  { name: "trickles its head", share: 0.2, first: () => "GET / HTTP/1.1\r\nX: ", trickle: "x" },
  {
    name: "trickles JSON",
    share: 0.2,
    first: () => post("/api/auth/register", "application/json", 20_000),
    trickle: " ",
  },
  {
    name: "trickles an upload",
    share: 0.2,
    first: () => post("/api/ocr/pdf", FORM, 1_000_000) + PART,
    trickle: "x",
  },
  {
    name: "trickles an upload in chunks",
    share: 0.2,
    first: () =>
      `POST /api/ocr/image HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    trickle: "1\r\n-\r\n",
  },
  {
    name: "goes on after a subscription to nothing",
    share: 0.01,
    first: () => "GET /api/trpc/nothing HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n",
    trickle: "G",
    isAnswered: true,
  },
  {
    name: "goes on after a stream",
    share: 0.01,
    first: () => wholeRequest,
    trickle: "G",
    isAnswered: true,
  },
];

/** One slow connection; resolves to the milliseconds until its end. */
async function beSlow({ first, trickle, isAnswered = false }: Sender): Promise<number> {
  const ended = Promise.withResolvers<number>();
  let since = performance.now();
  let answer = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(server.url).port),
    socket: {
      data: (_, bytes) => {
        if (!isAnswered) return;
        since = performance.now();
        answer += bytes.toString();
      },
      close: () => ended.resolve(performance.now() - since),
    },
  });
  socket.write(first());
  const timer = setInterval(() => trickle && socket.write(trickle), TRICKLE_MS);
  const guard = setTimeout(() => socket.terminate(), 2 * CLOSED_WITHIN_MS);
  const ms = await ended.promise;
  clearInterval(timer);
  clearTimeout(guard);
  if (isAnswered) expect(answer).toMatch(/"type":"end"|no such procedure/);
  return ms;
}

const descriptors = (): number => readdirSync(`/proc/${server.pid}/fd`).length;

test(`${SOCKETS} slow senders are cut within ${CLOSED_WITHIN_MS / 1000} s, and nobody else notices`, async () => {
  // Started parts, such as the raster, have their descriptors from here on.
  await fetch(`${server.url}/api/ocr/pdf`, { method: "POST", body: uploadForm(textPdf([[]])) });
  const before = descriptors();
  const health = watchHealth(server.url);
  const times = await Promise.all(
    senders.flatMap((sender) =>
      Array.from({ length: SOCKETS * sender.share }, async () => ({
        name: sender.name,
        ms: await beSlow(sender),
      })),
    ),
  );
  const { answers, p99Ms } = await health.stop();
  expect(times.filter(({ ms }) => ms > CLOSED_WITHIN_MS)).toEqual([]);
  expect(times).toHaveLength(SOCKETS);
  expect(answers).toBeGreaterThan(100);
  expect(p99Ms).toBeLessThan(HEALTH_P99_MS);
  // A few are those of connections that are still being torn down.
  expect(descriptors()).toBeLessThan(before + 10);
  expect(readdirSync(join(folder, "spool"))).toEqual([]);
}, 60_000);
