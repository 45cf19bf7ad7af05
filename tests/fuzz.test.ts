/** Thousands of odd requests to every route: none makes the server fail, grow or tell secrets. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { apiErrors, problemSchema } from "../src/shared/api-errors.ts";
import { createApp } from "../src/server/app.ts";
import type { OpenApiDocument } from "../src/server/http/openapi/document.ts";
import { residentMb } from "../src/server/processes/memory.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { appRouter } from "../src/server/trpc/router.ts";
import { newBearer } from "./accounts.ts";
import { type Material, type OddRequest, OddRequests } from "./fixtures/odd-requests.ts";
import { type RawAnswer, sendRaw } from "./fixtures/raw-http.ts";
import { type ServerProcess, startServer, startServerProcess } from "./server.ts";

const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 10_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** At the same time. */
const CALLERS = 16;
const ANSWER_MS = 15_000;
/** The server may wait for the rest of what is no request; nobody has to wait with it. */
const DAMAGED_ANSWER_MS = 500;
/** What caches and the collector's habits come to. */
const GROWTH_MB = 100;

const TRPC = "/api/trpc";
const trpcErrorSchema = z.object({
  error: z.object({
    message: z.string(),
    data: z.object({ code: z.enum(Object.keys(apiErrors)) }),
  }),
});
const trpcErrorsSchema = z.union([trpcErrorSchema, z.array(trpcErrorSchema)]);

let folder: string;
let engine: ScriptedEngineServer;
let server: ServerProcess;
let material: Material;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-fuzz-"));
  engine = await startScriptedEngine(() => ({ text: "text" }));
  const env = { LLM_BASE_URL: engine.url, AUTH_ENABLED: "true", REGISTRATION_ENABLED: "true" };
  server = await startServerProcess(folder, env);
  const { authorization } = await newBearer(server, "ada");
  material = { targets: await mountedRoutes(), fields: await knownFields(), authorization };
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Those that the server has, whatever they are: a new one is in by itself. */
async function mountedRoutes(): Promise<Material["targets"]> {
  await using twin = await startServer({ LLM_BASE_URL: engine.url });
  // Files of the dashboard are many, and all alike.
  const routes = createApp(twin.services).routes.filter(
    ({ method, path }) => method !== "ALL" && !/^\/(?:assets|samples)\//.test(path),
  );
  const calls = Object.keys(appRouter._def.procedures).flatMap((name) =>
    ["GET", "POST"].map((method) => ({ method, path: `${TRPC}/${name}` })),
  );
  return [...routes, ...calls];
}

async function knownFields(): Promise<string[]> {
  const document: OpenApiDocument = await (await fetch(`${server.url}/api/openapi.json`)).json();
  const schemas = Object.values(document.components.schemas);
  const fields = schemas.flatMap(({ properties }) => Object.keys(properties ?? {}));
  return [...new Set([...fields, "input", "batch"])];
}

/** What is wrong with the answer; undefined where nothing is. */
function faultOf({ method, path, isHttp }: OddRequest, answer?: RawAnswer): string | undefined {
  if (!answer) return isHttp ? "no answer" : undefined;
  const { status, headers, body } = answer;
  // Bun answers what is no HTTP in its own words, which are none.
  const isOfBun = body === "" && !headers.has("x-request-id");
  if (isOfBun) return isHttp && status !== 431 && status !== 400 ? `${status} by Bun` : undefined;
  if (status >= 500) return `${status}: ${body}`;
  if (/node_modules|\.ts:\d+|SQLITE|\/src\/server/.test(body)) return `tells secrets: ${body}`;
  if (!headers.has("content-security-policy")) return `${status} without headers`;
  if (status < 400 || method === "HEAD" || !path.startsWith("/api")) return undefined;
  const isProblem = headers.get("content-type") === "application/problem+json";
  const value: unknown = body === "" ? undefined : JSON.parse(body);
  // The typed API has the errors of its protocol.
  const isExpected = isProblem
    ? problemSchema.safeParse(value).data?.status === status
    : path.startsWith(TRPC) && trpcErrorsSchema.safeParse(value).success;
  return isExpected ? undefined : `${status} is no problem: ${body.slice(0, 200)}`;
}

/** Sends so many requests, several at once; gives the first faults, with what caused them. */
async function fuzz(requests: OddRequests, count: number, statuses: Map<string, number>) {
  const faults: string[] = [];
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0 && faults.length < 5) {
      const request = requests.next();
      const patienceMs = request.isHttp ? ANSWER_MS : DAMAGED_ANSWER_MS;
      const answer = await sendRaw(server.url, request.bytes, patienceMs);
      const fault = faultOf(request, answer);
      const shown = JSON.stringify(Buffer.from(request.bytes).toString("latin1").slice(0, 2_000));
      if (fault !== undefined) faults.push(`${fault}\n${shown}`);
      const status = String(answer?.status ?? "none");
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return faults;
}

test(`${REQUESTS} odd requests get an answer each, and the server stays as it was`, async () => {
  // To have the same requests again.
  process.stdout.write(`FUZZ_SEED=${SEED}\n`);
  const requests = new OddRequests(SEED, material);
  const statuses = new Map<string, number>();
  // What is made once and kept is made by now.
  const warmUp = Math.ceil(REQUESTS / 4);
  const faults = await fuzz(requests, warmUp, statuses);
  const before = residentMb(server.pid) ?? 0;
  faults.push(...(await fuzz(requests, REQUESTS - warmUp, statuses)));
  const after = residentMb(server.pid) ?? 0;
  expect(faults).toEqual([]);
  expect(after - before).toBeLessThan(GROWTH_MB);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  // Many kinds of answer: the requests came further than the door.
  const kinds = ["200", "400", "401", "404", "405", "415", "422"];
  if (REQUESTS >= 5_000) expect([...statuses.keys()]).toEqual(expect.arrayContaining(kinds));
}, 300_000);
