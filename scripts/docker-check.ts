/**
 * Takes every step of docker/Dockerfile on a machine without Docker, and runs what comes of them:
 * without network, environment, privileges or anything to write to but its volume. Needs Linux, root
 * and debootstrap. `bun run docker:check`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommit, version } from "../src/server/version.ts";
import { releaseOf } from "../src/shared/release.ts";
import { type Image, build } from "./docker/build.ts";
import { copyContext } from "./docker/context.ts";
import { type Container, startContainer } from "./docker/container.ts";
import { readDockerfile } from "./docker/dockerfile.ts";
import { duration, fail, root, run, say } from "./terminal.ts";

const DOCKERFILE = "docker/Dockerfile";
const LARGEST_MB = 400;
const STOP_MS = 40_000;
const VISIT_MS = 180_000;
const LISTED = 10;
/** Share of a folder above which it is told by that part. */
const MOST = 0.7;
const PARENTS = new Set(["", "/app", "/app/node_modules"]);
const COMMAND_LINE = "/app/src/server/cli/main.ts";
const commit = readCommit() ?? "";
const arch = process.arch === "x64" ? "amd64" : process.arch;

async function check(scratch: string): Promise<void> {
  const context = join(scratch, "context");
  say(`The build sees ${await copyContext(context)} files.`);
  const args = new Map([
    ["BUILDPLATFORM", `linux/${arch}`],
    ["TARGETARCH", arch],
    ["COMMIT", commit],
  ]);
  const text = await Bun.file(join(root, DOCKERFILE)).text();
  const image = await build(readDockerfile(text, args), { context, scratch, args });
  await checkSize(image);
  const before = await listFiles(image.layer);
  const volume = join(scratch, "volume");
  const merged = join(scratch, "container");
  await mkdir(merged);
  const container = await startContainer(image, volume, merged);
  try {
    await use(container, image);
  } catch (error) {
    say(container.output());
    throw error;
  } finally {
    if (!container.hasEnded()) process.kill(container.pid, "SIGKILL");
  }
  if ((await listFiles(image.layer)) !== before) throw new Error("The image's files have changed.");
  say(`In the volume: ${(await must(["ls", "-A", volume])).trim().replaceAll("\n", ", ")}`);
}

async function checkSize({ layer }: Image): Promise<void> {
  const megabytes = Number.parseInt(await must(["du", "-sm", "--apparent-size", layer]), 10);
  say(`Without its base the image has ${megabytes} MB. Its largest parts, in MB:`);
  const sizes = (await must(["du", "-m", "--max-depth=4", "--apparent-size", layer]))
    .trim()
    .split("\n")
    .map((line) => line.replace(layer, "").split("\t"))
    .map(([size, path = ""]) => ({ size: Number(size), path }));
  const isMostlyOne = ({ size, path }: (typeof sizes)[number]): boolean =>
    sizes.some((part) => part.path.startsWith(`${path}/`) && part.size > size * MOST);
  const parts = sizes.filter((part) => !PARENTS.has(part.path) && !isMostlyOne(part));
  for (const { size, path } of parts.toSorted((a, b) => b.size - a.size).slice(0, LISTED)) {
    say(`  ${String(size).padStart(4)} ${path}`);
  }
  if (megabytes > LARGEST_MB) throw new Error(`More than ${LARGEST_MB} MB.`);
}

async function use(container: Container, image: Image): Promise<void> {
  const startedAt = performance.now();
  while (!(await container.exec(image.health)).ok) {
    if (container.hasEnded()) throw new Error("The server has ended.");
    if (performance.now() - startedAt > VISIT_MS) throw new Error("It does not become healthy.");
  }
  say(`Healthy after ${duration(performance.now() - startedAt)}.`);
  await checkConfinement(container, image.user);
  const told = await container.exec(["bun", COMMAND_LINE, "--version"]);
  if (told.output.trim() !== releaseOf({ version, commit: readCommit() }))
    throw new Error(`--version says ${told.output}`);
  await visitAndStop(container, image);
}

/** Who it is, and that nothing but the volume can be written to. */
async function checkConfinement(container: Container, user: string): Promise<void> {
  const status = await Bun.file(`/proc/${container.pid}/status`).text();
  const [uid] = user.split(":");
  if (uid === "0") throw new Error("It runs as root.");
  for (const line of [`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`, "CapEff:\t0000000000000000"]) {
    if (!status.includes(`${line}\n`)) throw new Error(`${line} is not in its status:\n${status}`);
  }
  const writes = await container.exec(["sh", "-c", "touch /data/x && rm /data/x && ! touch /x"]);
  if (!writes.ok || !/read-only/i.test(writes.output)) throw new Error(writes.output);
}

/** Stopped in the middle of a reading, it lets that end and then ends itself. */
async function visitAndStop(container: Container, image: Image): Promise<void> {
  if (image.stopSignal !== "SIGTERM") throw new Error(`It is stopped by ${image.stopSignal}.`);
  const script = join(import.meta.dir, "docker/visit.ts");
  const url = `http://127.0.0.1:${image.env.get("PORT")}`;
  const visit = container.visit([process.execPath, script, url, commit]);
  const timer = setTimeout(() => visit.kill(), VISIT_MS);
  let stoppedAt = 0;
  for await (const text of visit.stdout.pipeThrough(new TextDecoderStream())) {
    const told = text.replace(/^begun\n/m, "").trimEnd();
    if (told !== "") say(told);
    if (!text.includes("begun")) continue;
    stoppedAt = performance.now();
    process.kill(container.pid, "SIGTERM");
  }
  if ((await visit.exited) !== 0) throw new Error("What people do with it failed.");
  clearTimeout(timer);
  const code = await Promise.race([container.exited, Bun.sleep(STOP_MS)]);
  if (code !== 0) throw new Error(`After SIGTERM it ended with ${code ?? "nothing, in time"}.`);
  say(`Stopped ${duration(performance.now() - stoppedAt)} after SIGTERM in the middle of a PDF.`);
}

/** Every path with its size, mode and the time of its last change. */
async function listFiles(folder: string): Promise<string> {
  return await must(["find", folder, "-printf", "%p %s %m %C@\n"]);
}

async function must(command: string[]): Promise<string> {
  const { ok, output } = await run(command, { timeoutMs: 60_000 });
  if (!ok) throw new Error(`${command.join(" ")} failed:\n${output}`);
  return output;
}

if (process.platform !== "linux" || process.getuid?.() !== 0) fail("It needs Linux and root.");
// Not below the project: what the build sees would be in a clone of it.
const scratch = mkdtempSync(join(tmpdir(), "my-ocr-docker-"));
try {
  await check(scratch);
  say("1 image built and run.");
} catch (error) {
  process.exitCode = 1;
  say(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
