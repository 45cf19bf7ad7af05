/**
 * Every route and every procedure with every kind of credential. What is new has to be named in
 * `fixtures/access-table.ts`, or it fails here.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { inArray } from "drizzle-orm";
import { z } from "zod";
import { createApp } from "../src/server/app.ts";
import { PasswordHasher } from "../src/server/auth/passwords.ts";
import {
  type ScriptedEngineServer,
  startScriptedEngine,
} from "../src/server/engines/scripted/server.ts";
import { clientFiles } from "../src/server/http/client-files.ts";
import { appRouter } from "../src/server/trpc/router.ts";
import {
  apiKeys,
  documents,
  jobPages,
  jobs,
  pageVersions,
  users,
} from "../src/server/db/schema.ts";
import { PASSWORD } from "./accounts.ts";
import { type Send, sendToProcedure, sendToRoute } from "./fixtures/access-requests.ts";
import {
  type Rule,
  procedureRoutes,
  procedures,
  routes,
  unmatched,
} from "./fixtures/access-table.ts";
import {
  type Headers,
  SECRET_KEY,
  type World,
  badCredentials,
  makeWorld,
} from "./fixtures/access-world.ts";
import { type TestServer, startServer } from "./server.ts";

const CALLERS = 8;
const OTHER_SITE = { "sec-fetch-site": "cross-site" };
const SAME_SITE = { "sec-fetch-site": "same-site" };

let engine: ScriptedEngineServer;
let server: TestServer;
let passwordHash: string;
/** Nobody may change anything in it. */
let shared: World;
let bad: Record<string, Headers>;

beforeAll(async () => {
  engine = await startScriptedEngine(() => ({ text: "text" }));
  const env = { AUTH_ENABLED: "true", SECRET_KEY, LLM_BASE_URL: engine.url };
  server = await startServer(env);
  // Power cuts are not the matter here, and each change would wait for the disk.
  server.services.db.$client.run("PRAGMA synchronous = OFF");
  passwordHash = await (await PasswordHasher.create()).hash(PASSWORD);
  shared = await makeWorld(server.services, passwordHash);
  bad = await badCredentials(server.services, shared, passwordHash);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

interface Cell {
  /** Such as `jobs.get with an expired token`. */
  name: string;
  expected: number;
  run: () => Promise<number>;
}

/** One rule with every credential. */
function cellsOf(subject: string, rule: Rule & { isSameOrigin?: boolean }, send: Send): Cell[] {
  const through = rule.status ?? 200;
  const cell = (credential: string, expected: number, run: Cell["run"]): Cell => ({
    name: `${subject} with ${credential}`,
    expected,
    run,
  });
  const isOpen = rule.who === "everybody";
  const refused = Object.entries(bad).map(([name, headers]) =>
    cell(name, isOpen ? through : 401, async () => await send(shared, headers)),
  );
  const isOthers = !isOpen || rule.isSameOrigin === true;
  const foreign = [OTHER_SITE, SAME_SITE].map((site) =>
    cell(`a session and ${site["sec-fetch-site"]}`, isOthers ? 403 : through, async () => {
      return await send(shared, { ...shared.owner.session, ...site });
    }),
  );
  const accepted = (["owner", "stranger", "admin"] as const).flatMap((who) =>
    (["token", "apiKey", "session"] as const).map((kind) => {
      const expected = statusFor(who, rule);
      return cell(`${who}'s ${kind}`, expected, async () => {
        const isChanged = rule.changes === true && expected === through;
        const world = isChanged ? await makeWorld(server.services, passwordHash) : shared;
        return await send(world, world[who][kind]);
      });
    }),
  );
  return [...refused, ...foreign, ...accepted];
}

function statusFor(who: "owner" | "stranger" | "admin", rule: Rule): number {
  if (rule.who === "own" && who !== "owner") return 404;
  if (rule.who === "admins" && who !== "admin") return 403;
  return rule.status ?? 200;
}

/** All cells, several at a time; gives those that are not as they should be. */
async function wrongOf(cells: readonly Cell[]): Promise<string[]> {
  const wrong: string[] = [];
  const left = cells.values();
  const caller = async (): Promise<void> => {
    for (const { name, expected, run } of left) {
      const status = await run();
      if (status !== expected) wrong.push(`${name}: ${status} instead of ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return wrong;
}

/** All that the people of the shared world have, but for when they used it last. */
function possessions(): unknown {
  const { db } = server.services;
  const ids = [shared.owner, shared.stranger, shared.admin].map(({ account }) => account.id);
  const isJobs = inArray(
    jobPages.jobId,
    db.select({ id: jobs.id }).from(jobs).where(inArray(jobs.userId, ids)),
  );
  const keys = db.select().from(apiKeys).where(inArray(apiKeys.userId, ids)).all();
  return {
    users: db.select().from(users).where(inArray(users.id, ids)).all(),
    documents: db.select().from(documents).where(inArray(documents.userId, ids)).all(),
    jobs: db.select().from(jobs).where(inArray(jobs.userId, ids)).all(),
    pages: db.select().from(jobPages).where(isJobs).all(),
    versions: db
      .select()
      .from(pageVersions)
      .where(inArray(pageVersions.jobId, [shared.jobId]))
      .all(),
    keys: keys.map(({ lastUsedAt: _lastUsedAt, ...key }) => key),
    sessions: [shared.owner, shared.stranger, shared.admin].map(({ ids: { session } }) =>
      server.services.db.query.sessions
        .findMany({ columns: { id: true }, where: (table, { eq }) => eq(table.id, session) })
        .sync(),
    ),
  };
}

/** The dashboard's screens and files are everybody's, and there only where it is built. */
const ofPage = new Set(clientFiles().routes.map(({ path }) => path));
const isOfPage = (path: string): boolean => ofPage.has(path);

/** `query`, `mutation` or `subscription`. */
function typeOf(procedure: unknown): string {
  const definition = typeof procedure === "function" && "_def" in procedure && procedure._def;
  return z.object({ type: z.string() }).parse(definition).type;
}

test("each route and each procedure is in the table, and nothing else is", () => {
  const mounted = createApp(server.services)
    .routes.filter(({ path }) => path === "/" || !isOfPage(path))
    .map(({ method, path }) => `${method} ${path}`);
  const named = [...Object.keys(routes), ...procedureRoutes, unmatched];
  expect(mounted.toSorted()).toEqual(named.toSorted());
  const called = Object.keys(appRouter._def.procedures);
  expect(called.toSorted()).toEqual(Object.keys(procedures).toSorted());
});

test("each lets in who may, refuses all others, and nobody changes what is not theirs", async () => {
  const before = possessions();
  const ofRoutes = Object.entries(routes).flatMap(([route, rule]) =>
    cellsOf(route, rule, sendToRoute(server.url, route, rule)),
  );
  const ofProcedures = Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) => {
    const rule = procedures[name] ?? { who: "admins" };
    return cellsOf(
      name,
      rule,
      sendToProcedure(server.url, { name, type: typeOf(procedure) }, rule),
    );
  });
  const nowhere = cellsOf(
    "an unknown address",
    { who: "everybody", status: 404 },
    async (_, headers) => (await fetch(`${server.url}/api/nowhere`, { headers })).status,
  );
  const cells = [...ofRoutes, ...ofProcedures, ...nowhere];
  expect(await wrongOf(cells)).toEqual([]);
  expect(possessions()).toEqual(before);
}, 60_000);
