/** Floods of guesses: passwords are expensive to check, and nobody else may notice. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMb } from "../src/server/processes/memory.ts";
import { register, requestToken } from "./accounts.ts";
import { watchHealth } from "./fixtures/health.ts";
import { watchPeak } from "./fixtures/process-tree.ts";
import { type ServerProcess, startServerProcess } from "./server.ts";

const SOCKETS = 300;
const FLOOD_MS = 5_000;
/** At most, before each guess of a socket: some thousand guesses in all. */
const PAUSE_MS = 500;
const OWNER_PAUSE_MS = 100;
const WARM_UP_MS = 2_000;
/** Whatever else the machine does can only make the server slower: the best of three counts. */
const OPTIONS = { timeout: 30_000, retry: 2 };
/** Beyond that of a server that nobody uses, at the same time on the same machine. */
const HEALTH_P99_MS = 100;
/** On a slow machine so many times what one login takes there when nobody else asks. */
const HEALTH_P99_LOGINS = 4;
const LOGINS = 5;
/** Two passwords that are checked at once take 38 MiB; the rest is what waits for the collector. */
const GROWTH_MB = 120;
const OWNER = { "x-forwarded-for": "198.51.100.7" };

let folder: string;
let server: ServerProcess;
let idle: ServerProcess;
let mostMs: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "my-ocr-flood-"));
  mkdirSync(join(folder, "idle"));
  // So that callers can come from many addresses.
  idle = await startServerProcess(join(folder, "idle"));
  server = await startServerProcess(folder, { AUTH_ENABLED: "true", TRUSTED_PROXIES: "127.0.0.1" });
  await register(server, "ada");
  mostMs = Math.max(HEALTH_P99_MS, HEALTH_P99_LOGINS * (await quickestLoginMs()));
  // What is made once and kept, code among it, is made by now.
  await flood(WARM_UP_MS, (socket) => ({ username: `warm-${socket}`, address: addressOf(socket) }));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await idle[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function logIn(): Promise<number> {
  return (await requestToken(server, "ada", undefined, OWNER)).status;
}

async function quickestLoginMs(): Promise<number> {
  let quickest = Infinity;
  for (let login = 0; login < LOGINS; login++) {
    const begin = performance.now();
    expect(await logIn()).toBe(200);
    quickest = Math.min(quickest, performance.now() - begin);
  }
  return quickest;
}

const addressOf = (socket: number): string =>
  `203.0.${socket % 256}.${Math.floor(socket / 256) + 1}`;

const pause = async (): Promise<void> => await Bun.sleep(Math.random() * PAUSE_MS);

type Guess = (socket: number, round: number) => { username: string; address: string };

/**
 * Guesses from all sockets until the time is over; gives how often each status came.
 *
 * @param onRefused when the first guess is sent away unseen.
 */
async function flood(ms: number, guess: Guess, onRefused = () => {}): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const end = performance.now() + ms;
  const socket = async (index: number): Promise<void> => {
    await pause();
    for (let round = 0; performance.now() < end; round++) {
      const { username, address } = guess(index, round);
      const headers = { "x-forwarded-for": address };
      const { status } = await requestToken(server, username, `wrong ${round}`, headers);
      if (status !== 401) onRefused();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await pause();
    }
  };
  await Promise.all(Array.from({ length: SOCKETS }, async (_, index) => await socket(index)));
  return statuses;
}

interface Outcome {
  statuses: Map<number, number>;
  growthMb: number;
  p99Ms: number;
  idleP99Ms: number;
  answers: number;
}

async function watched(work: () => Promise<Map<number, number>>): Promise<Outcome> {
  const resident = (): number => residentMb(server.pid) ?? 0;
  const before = resident();
  const health = watchHealth(server.url);
  const idleHealth = watchHealth(idle.url);
  using memory = watchPeak(resident);
  const statuses = await work();
  const { p99Ms, answers } = await health.stop();
  const { p99Ms: idleP99Ms } = await idleHealth.stop();
  return { statuses, p99Ms, idleP99Ms, answers, growthMb: memory.peakMb - before };
}

function expectUnharmed({ growthMb, p99Ms, idleP99Ms, answers }: Outcome): void {
  expect(answers).toBeGreaterThan(50);
  expect(p99Ms - idleP99Ms).toBeLessThan(mostMs);
  expect(growthMb).toBeLessThan(GROWTH_MB);
}

/** A flood, while the owner of an account tries to log in until it works. */
async function floodBesideOwner(guess: Guess): Promise<{ outcome: Outcome; owner: number }> {
  const over = new AbortController();
  const refused = Promise.withResolvers<void>();
  let owner = 0;
  // Whoever finds the queue full is told to try again.
  const logInAtLast = async (): Promise<void> => {
    await refused.promise;
    while (!over.signal.aborted && owner !== 200) {
      owner = await logIn();
      if (owner !== 200) await Bun.sleep(OWNER_PAUSE_MS);
    }
  };
  const outcome = await watched(async () => {
    const flooding = flood(FLOOD_MS, guess, refused.resolve).finally(() => over.abort());
    const [statuses] = await Promise.all([flooding, logInAtLast()]);
    return statuses;
  });
  return { outcome, owner };
}

describe(`${SOCKETS} sockets that guess passwords`, () => {
  test(
    "from one address are soon sent away, and the owner logs in from another",
    async () => {
      const guess = { username: "ada", address: "203.0.113.1" };
      const { outcome, owner } = await floodBesideOwner(() => guess);
      expect(owner).toBe(200);
      expectUnharmed(outcome);
      // Ten guesses at one account from one address in five minutes.
      expect(outcome.statuses.get(401) ?? 0).toBeLessThanOrEqual(10);
    },
    OPTIONS,
  );

  test(
    "from as many addresses at as many accounts keep the owner of one waiting, not out",
    async () => {
      const { outcome, owner } = await floodBesideOwner((socket, round) => ({
        username: `user-${socket}-${round}`,
        address: addressOf(socket),
      }));
      expect(owner).toBe(200);
      expectUnharmed(outcome);
      // Most were sent away before their password was looked at.
      expect(outcome.statuses.get(503)).toBeGreaterThan(SOCKETS);
      expect(await logIn()).toBe(200);
    },
    OPTIONS,
  );
});
