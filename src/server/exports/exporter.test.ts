import { expect, test } from "bun:test";
import { join } from "node:path";
import { textPdf } from "../../../tests/fixtures/pdf.ts";
import { startServer } from "../../../tests/server.ts";
import { exportSchema } from "../../shared/export.ts";
import { anonymousAccount } from "../auth/account-rows.ts";
import { Principal } from "../auth/principal.ts";
import { SqliteJobStore } from "../jobs/sqlite-store.ts";

test("of a thousand pages each is read from the store when its turn comes", async () => {
  await using server = await startServer();
  const { db, library, exporter, spoolDirectory } = server.services;
  const principal = Principal.of(anonymousAccount(db, "anonymous"), { kind: "anonymous" });
  const { userId } = principal;
  const path = join(spoolDirectory, "thousand");
  await Bun.write(path, textPdf([["x"]]));
  const source = { path, type: "pdf" as const };
  const document = await library.add({ userId, name: "long", source, bytes: 1, pages: 1000 });
  const store = new SqliteJobStore(db);
  const reader = { engine: "embedded", model: "m" };
  const pages = Array.from({ length: 1000 }, (_, index) => index + 1);
  const order = { documentId: document.id, userId, prompt: "", pages };
  const job = await store.create({ ...order, ...reader });
  db.transaction(() => {
    for (const page of pages) void store.endPage(job.id, page, { ...reader, text: `Page ${page}` });
  });
  const { name, chunks } = await exporter.open(principal, document.id, "json");
  expect(name).toBe("long.json");
  let json = "";
  for await (const chunk of chunks) {
    if (json === "") await store.editPage(job.id, 1000, "edited while the file is written");
    json += typeof chunk === "string" ? chunk : "";
  }
  const texts = exportSchema.parse(JSON.parse(json)).pages.map(({ text }) => text);
  expect(texts).toHaveLength(1000);
  expect(texts[498]).toBe("Page 499");
  expect(texts[999]).toBe("edited while the file is written");
});
