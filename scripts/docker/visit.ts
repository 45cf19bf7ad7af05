/**
 * What people do with a server, for `docker:check`, which runs this in the container's network:
 * `visit.ts <url> <commit>`. Prints `begun` when the last reading has begun, which then goes on.
 */
import { healthSchema } from "../../src/shared/server-info.ts";
import { textImage } from "../../tests/fixtures/images.ts";
import { textPdf } from "../../tests/fixtures/pdf.ts";
import { checkStream, eventsOf, readEvents, textsOf, uploadForm } from "../../tests/server.ts";
import { say } from "../terminal.ts";

const [url = "", commit = ""] = process.argv.slice(2);
const ENGLISH = [
  "The quick brown fox jumps over the lazy dog.",
  "Invoice 2024-117, total 1,250.00",
];
/** Read a second time, by another engine, for the letters that only German has. */
const GERMAN = ["Die Prüfung der größten Gebäude über der Straße", "muss für alle möglich sein."];

async function send(kind: "image" | "pdf", file: Uint8Array): Promise<Response> {
  const response = await fetch(`${url}/api/ocr/${kind}`, {
    method: "POST",
    body: uploadForm(file),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

async function expectText(kind: "image" | "pdf", file: Uint8Array, lines: string[]): Promise<void> {
  const startedAt = performance.now();
  const events = await readEvents(await send(kind, file));
  checkStream(events);
  const text = [...textsOf(events).values()].join("\n");
  const missing = lines.find((line) => !text.includes(line));
  if (missing !== undefined) throw new Error(`"${missing}" is not in what was read:\n${text}`);
  say(
    `  read ${kind === "pdf" ? "a PDF" : "an image"} in ${Math.round(performance.now() - startedAt)} ms`,
  );
}

async function expectPage(): Promise<void> {
  const html = await (await fetch(`${url}/`)).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
  const response = await fetch(`${url}${script}`);
  if (script === undefined || !response.ok) throw new Error(`The page is not there:\n${html}`);
}

const health = healthSchema.parse(await (await fetch(`${url}/healthz`)).json());
if (health.commit !== commit) throw new Error(`/healthz names the commit ${health.commit}.`);
await expectPage();
await expectText("image", await textImage(ENGLISH, "png"), ENGLISH);
await expectText("pdf", textPdf([ENGLISH, GERMAN]), [...ENGLISH, ...GERMAN]);

// Told to stop in the middle of this, the server lets it end.
const events = [];
for await (const event of eventsOf(await send("pdf", textPdf([ENGLISH, GERMAN])))) {
  if (events.length === 0) say("begun");
  events.push(event);
}
checkStream(events);
if (events.at(-1)?.type !== "end") throw new Error("The last reading did not end well.");
