/**
 * How long a word takes to be found in many stored pages. Run: `bun run bench:search`. The database is
 * a file, as it is in use; half of its pages are somebody else's.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anonymousAccount } from "../src/server/auth/account-rows.ts";
import { openDatabase } from "../src/server/db/client.ts";
import { FolderBlobStore } from "../src/server/documents/blob-store.ts";
import { DocumentLibrary } from "../src/server/documents/library.ts";
import { searchPages } from "../src/server/jobs/search.ts";
import { SqliteJobStore } from "../src/server/jobs/sqlite-store.ts";
import { randomNumbers } from "../tests/fixtures/random.ts";

const PAGES = 10_000;
const PAGES_A_DOCUMENT = 100;
const WORDS_A_PAGE = 250;
const ROUNDS = 40;
const SEED = 1;

/** Words of a page, the common ones more often: about as in a language. */
const VOCABULARY = 8_000;
const random = randomNumbers(SEED);
const word = (): string => `w${Math.floor(VOCABULARY * random() ** 3).toString(36)}`;
const HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳";
const han = (): string => HAN.charAt(Math.floor(HAN.length * random()));

function pageText(page: number): string {
  const words = Array.from({ length: WORDS_A_PAGE }, word).join(" ");
  const chinese = Array.from({ length: 80 }, han).join("");
  return `${words} ${chinese} ${page % 500 === 0 ? "lighthouse" : ""}`;
}

const queries = ["lighthouse", "w1 w2", "w5", "w", "天地", "日月盈", "lighthouse w3"];

const folder = mkdtempSync(join(tmpdir(), "my-ocr-bench-"));
const db = openDatabase(join(folder, "bench.db"));
try {
  const users = ["one", "two"].map((name) => anonymousAccount(db, name).id);
  const library = new DocumentLibrary(db, new FolderBlobStore(join(folder, "blobs")));
  const store = new SqliteJobStore(db);
  for (let first = 0; first < PAGES; first += PAGES_A_DOCUMENT) {
    const userId = users[(first / PAGES_A_DOCUMENT) % users.length] ?? 0;
    const path = join(folder, "file");
    writeFileSync(path, String(first));
    const source = { path, type: "pdf" as const };
    const name = `document ${first}`;
    const { id: documentId } = await library.add({
      userId,
      name,
      source,
      bytes: 1,
      pages: PAGES_A_DOCUMENT,
    });
    const pages = Array.from({ length: PAGES_A_DOCUMENT }, (_, index) => index + 1);
    const job = { documentId, userId, engine: "e", model: "m", prompt: "", pages };
    const { id } = await store.create(job);
    for (const page of pages) {
      await store.endPage(id, page, { engine: "e", model: "m", text: pageText(first + page) });
    }
  }
  const own = users[0] ?? 0;
  for (const query of queries) {
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      found = searchPages(db, own, query, { limit: 20, offset: 0 }).length;
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
    console.log(`${query.padEnd(16)} ${found} hits, p95 ${p95.toFixed(1)} ms of ${PAGES} pages`);
  }
} finally {
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
}
