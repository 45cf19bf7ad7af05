/**
 * Runs an image as `docker run --read-only --tmpfs /tmp --network none --cap-drop ALL` would: by namespaces, without
 * anything of this machine's environment. Needs Linux and root.
 */
import { join } from "node:path";
import { run } from "../terminal.ts";
import type { Image } from "./build.ts";
import { assignments, overlay, systemMounts } from "./run-inside.ts";

const EXEC_TIMEOUT_MS = 30_000;
const DATA = "/data";

export interface Container {
  /** Of its first process, as this machine sees it. */
  pid: number;
  exited: Promise<number>;
  hasEnded(): boolean;
  /** What it has written so far. */
  output: () => string;
  /** A command inside of it, as its user. */
  exec(command: readonly string[]): Promise<{ ok: boolean; output: string }>;
  /** A command of this machine in its network, which reaches nothing else. */
  visit(command: readonly string[]): Bun.Subprocess<"ignore", "pipe", "inherit">;
}

/**
 * @param volume a folder for what it keeps; made as the image says, where it is not there.
 * @param merged an empty folder, for its files.
 */
export async function startContainer(
  image: Image,
  volume: string,
  merged: string,
): Promise<Container> {
  const [named] = image.volumes;
  if (named !== DATA || image.volumes.length > 1) throw new Error(`The one volume is ${DATA}.`);
  // As a new volume takes over what the image has there.
  await run(["cp", "--archive", "--no-clobber", join(image.layer, DATA), volume], {
    timeoutMs: 10_000,
  });
  const environment = assignments(new Map([["HOME", "/"], ...image.env]));
  const script = [
    overlay(`lowerdir=${image.layer}:${image.base}`, merged),
    ...systemMounts(merged),
    `mount -t tmpfs tmpfs ${merged}/dev/shm`,
    `mount -t tmpfs tmpfs ${merged}/tmp`,
    `mount --bind ${volume} ${merged}${DATA}`,
    "ip link set lo up",
    `exec setpriv --no-new-privs env -i ${environment} "$(command -v chroot)" --userspec=${image.user} --groups= ` +
      `${merged} /bin/sh -c 'cd ${image.workdir} && exec "$@"' sh "$@"`,
  ].join("\n");
  const namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"];
  const child = Bun.spawn(
    ["unshare", ...namespaces, "sh", "-euc", script, "sh", ...image.entrypoint, ...image.command],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const parts: string[] = [];
  void gather(child.stdout, parts);
  void gather(child.stderr, parts);
  const pid = await firstChild(child);
  const enter = ["nsenter", `--target=${pid}`];
  const [uid, gid] = image.user.split(":");
  const inside = ["--mount", "--pid", "--net", "--ipc", "--uts", "--root", "--wd"];
  const asUser = [`--setuid=${uid}`, `--setgid=${gid}`, "env", "-i"];
  const env = [...image.env].map(([name, value]) => `${name}=${value}`);
  return {
    pid,
    exited: child.exited,
    hasEnded: () => child.exitCode !== null,
    output: () => parts.join(""),
    exec: async (command) =>
      await run([...enter, ...inside, ...asUser, ...env, ...command], {
        timeoutMs: EXEC_TIMEOUT_MS,
      }),
    visit: (command) =>
      Bun.spawn([...enter, "--net", ...command], { stdio: ["ignore", "pipe", "inherit"] }),
  };
}

/** The namespaces' first process is the one that `unshare` forks. */
async function firstChild(unshare: Bun.Subprocess): Promise<number> {
  while (unshare.exitCode === null) {
    const path = `/proc/${unshare.pid}/task/${unshare.pid}/children`;
    const pid = Number.parseInt(await Bun.file(path).text(), 10);
    if (pid > 0) return pid;
    await Bun.sleep(1);
  }
  throw new Error("The container did not start.");
}

async function gather(stream: ReadableStream<Uint8Array>, parts: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) parts.push(decoder.decode(chunk, { stream: true }));
}
