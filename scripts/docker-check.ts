/**
 * What `docker build` and `docker run` would do, where there is no Docker: `bun run docker:check`.
 * Takes each instruction of `docker/Dockerfile` in a clean folder, starts the result with an empty
 * environment, without a root's rights and with nothing to write to but its volume, reads a page
 * with it, stops it, and tells the size of what would be shipped. For Linux; as root it shows more.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Container, startContainer } from "./docker/container.ts";
import { type Image, buildImage } from "./docker/image.ts";
import { duration, fail, root, say } from "./terminal.ts";

const LARGEST_MB = 400;
const MIB = 1024 * 1024;
const GRACE_MS = 30_000;
const READ_TIMEOUT_MS = 60_000;
const LARGEST_PARTS = 10;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "my-ocr-image-"));
  try {
    const commit = Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: root }).stdout.toString();
    const image = await buildImage(join(root, "docker/Dockerfile"), folder, {
      COMMIT: commit.trim(),
    });
    reportSize(image);
    const before = listing(image.rootFolder);
    const container = await startContainer(image, join(folder, "volume"));
    say(
      `It runs as ${container.user}; ${container.isReadOnly ? "its root is read-only" : "its root can be written to, for only root can forbid it here"}.`,
    );
    try {
      await readPage(container, commit.trim());
    } finally {
      await stop(container);
    }
    const changed = changes(before, listing(image.rootFolder));
    if (changed.length > 0) throw new Error(`Beside the volume it changed ${changed.join(", ")}.`);
    say("It changed nothing but its volume.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readPage(container: Container, commit: string): Promise<void> {
  const health: unknown = await (await fetch(`${container.url}/healthz`)).json();
  say(`/healthz: ${JSON.stringify(health)}`);
  if (!JSON.stringify(health).includes(commit)) throw new Error("It does not tell its commit.");
  if (!(await container.isHealthy())) throw new Error("The image's own health check fails.");
  const form = new FormData();
  form.append("file", Bun.file(join(root, "src/client/public/samples/invoice.png")));
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const startedAt = performance.now();
  const response = await fetch(`${container.url}/api/ocr/image`, {
    method: "POST",
    body: form,
    signal,
  });
  const events = await response.text();
  if (!response.ok || !events.includes('"type":"end"'))
    throw new Error(`It read nothing:\n${events}`);
  say(`It read a page in ${duration(performance.now() - startedAt)}.`);
}

async function stop(container: Container): Promise<void> {
  const startedAt = performance.now();
  const code = await container.stop(GRACE_MS);
  if (code !== 0) throw new Error(`It did not stop within ${duration(GRACE_MS)}: ${code}.`);
  say(`It stopped in ${duration(performance.now() - startedAt)}.`);
}

function reportSize({ shippedFolder }: Image): void {
  const total = sizeOf(shippedFolder);
  say(`Shipped, without the base: ${megabytes(total)}. Its largest parts:`);
  const modules = join(shippedFolder, "node_modules");
  const parts = [
    ...namesIn(shippedFolder).filter((name) => name !== "node_modules"),
    ...namesIn(modules).map((name) => join("node_modules", name)),
  ].map((name) => ({ name, size: sizeOf(join(shippedFolder, name)) }));
  for (const { name, size } of parts.toSorted((a, b) => b.size - a.size).slice(0, LARGEST_PARTS)) {
    say(`  ${megabytes(size).padStart(8)}  ${name}`);
  }
  if (total > LARGEST_MB * MIB) throw new Error(`That is more than ${LARGEST_MB} MiB.`);
}

const namesIn = (folder: string): string[] => readdirSync(folder);
const megabytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

function sizeOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Each file with its size and when it was changed. */
function listing(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, `${statSync(path).size} ${statSync(path).mtimeMs}`]),
  );
}

function changes(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}

try {
  await main();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
