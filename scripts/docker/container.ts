/** Runs what `image.ts` has made as `docker run` would, as far as this machine's rights go. */
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Image } from "./image.ts";

const START_MS = 30_000;
const POLL_MS = 100;

export interface Container {
  url: string;
  /** Whom it runs as, in words. */
  user: string;
  isReadOnly: boolean;
  isHealthy(): Promise<boolean>;
  /** By SIGTERM. @returns its exit code, or undefined where it had to be killed. */
  stop(graceMs: number): Promise<number | undefined>;
}

/** @param volume a folder that does not exist yet. @throws Error with what it printed where it does not start. */
export async function startContainer(image: Image, volume: string): Promise<Container> {
  const isRoot = process.getuid?.() === 0;
  prepareVolume(image, volume, isRoot);
  const port = await freePort();
  const env: Record<string, string> = {
    ...mapped(image, volume),
    HOST: "127.0.0.1",
    PORT: String(port),
  };
  const cwd = join(image.rootFolder, image.workdir);
  const isReadOnly = isRoot && Bun.which("unshare") !== null && Bun.which("setpriv") !== null;
  const command = isReadOnly
    ? [
        "unshare",
        "--mount",
        "sh",
        "-c",
        READ_ONLY,
        "sh",
        volume,
        ...image.user.split(":"),
        ...image.command,
      ]
    : image.command;
  const child = Bun.spawn(command, {
    cwd,
    env: withPath(env),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilUp(child, url);
  return {
    url,
    user: isReadOnly ? image.user : `uid ${process.getuid?.() ?? "unknown"}`,
    isReadOnly,
    async isHealthy() {
      const check = Bun.spawn(image.healthCommand, {
        cwd,
        env,
        stdio: ["ignore", "ignore", "inherit"],
      });
      return (await check.exited) === 0;
    },
    async stop(graceMs) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await child.exited;
      clearTimeout(timer);
      return child.exitCode ?? undefined;
    },
  };
}

/**
 * Everything but the volume becomes read-only, for this process and its children alone, which then
 * have no rights of root and can get none.
 */
const READ_ONLY = `
set -e
volume=$1 uid=$2 gid=$3
shift 3
mount --bind "$volume" "$volume"
mount -o remount,bind,ro /
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs --bounding-set=-all "$@"
`;

/** A new volume is a copy of what the image has there. */
function prepareVolume(image: Image, volume: string, isRoot: boolean): void {
  const own = join(image.rootFolder, image.volume);
  if (existsSync(own)) cpSync(own, volume, { recursive: true });
  else mkdirSync(volume, { recursive: true });
  // Made for its owner alone, above: others must at least get through.
  chmodSync(dirname(volume), 0o755);
  const [uid = 0, gid = 0] = image.user.split(":").map(Number);
  if (isRoot) chownSync(volume, uid, gid);
}

/** The image's environment, with its paths as they are on this machine. */
function mapped(
  { env, rootFolder, volume: volumePath }: Image,
  volume: string,
): Record<string, string> {
  const onMachine = (path: string): string => {
    if (path === volumePath) return volume;
    return path.startsWith("/") && existsSync(join(rootFolder, path))
      ? join(rootFolder, path)
      : path;
  };
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.split(":").map(onMachine).join(":")]),
  );
}

/** `unshare` and `setpriv` are the machine's, and are looked for in the environment of the image. */
function withPath(env: Record<string, string>): Record<string, string> {
  return { ...env, PATH: `${env["PATH"] ?? ""}:/usr/sbin:/sbin` };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

async function untilUp(
  child: Bun.Subprocess<"ignore", "pipe", "inherit">,
  url: string,
): Promise<void> {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await Bun.sleep(POLL_MS);
  }
  child.kill("SIGKILL");
  throw new Error(`The server did not start:\n${await new Response(child.stdout).text()}`);
}
