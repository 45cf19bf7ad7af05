/** Commands inside of an image's files: mounts in a namespace of their own, then chroot. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { root, run } from "../terminal.ts";
import type { Building } from "./build.ts";
import type { Step } from "./dockerfile.ts";

const TIMEOUT_MS = 600_000;
/** What `docker build` hands on by itself. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
/** Kept between runs, as a builder keeps what `--mount=type=cache` names. */
const CACHES = join(root, ".cache/docker-mounts");

/** RUN in its shell form. Throws with the command's output where it fails. */
export async function runInside(step: Step, to: Building): Promise<void> {
  if (to.user !== "0:0") throw new Error("docker:check knows RUN as root alone.");
  const [merged, work] = [join(to.options.scratch, "merged"), join(to.options.scratch, "work")];
  for (const folder of [merged, work]) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
  }
  const script = [
    overlay(`lowerdir=${to.base},upperdir=${to.layer},workdir=${work}`, merged),
    ...systemMounts(merged),
    ...(await cacheMounts(step, merged)),
    ...hostCertificates(merged),
    `exec env -i ${assignments(environment(to))} "$(command -v chroot)" ${merged} /bin/sh -c "$1"`,
  ].join("\n");
  const command = `cd ${to.workdir} && ${step.text}`;
  const namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
  const words = [...namespaces, "sh", "-euc", script, "sh", command];
  const result = await run(words, { timeoutMs: TIMEOUT_MS });
  if (!result.ok) throw new Error(`RUN ${step.text} failed:\n${result.output.slice(-3000)}`);
}

/** @param layers as `mount` wants them; without an upper one nothing can be written. */
export function overlay(layers: string, place: string): string {
  return `mount -t overlay overlay -o ${layers} ${place}`;
}

export function systemMounts(place: string): string[] {
  return [`mount -t proc proc ${place}/proc`, `mount --rbind /dev ${place}/dev`];
}

/** For a shell, each quoted. */
export function assignments(env: ReadonlyMap<string, string>): string {
  return [...env].map(([name, value]) => Bun.$.escape(`${name}=${value}`)).join(" ");
}

function environment({ env, variables }: Building): Map<string, string> {
  const proxies = PROXY_VARIABLES.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value ? [[name, value]] : [];
  });
  const certificates: [string, string][] = process.env["NODE_EXTRA_CA_CERTS"]
    ? [["NODE_EXTRA_CA_CERTS", "/run/extra-ca.pem"]]
    : [];
  return new Map([["HOME", "/root"], ...proxies, ...certificates, ...variables, ...env]);
}

/** Names are found as on this machine, and its certificates count where it has some of its own. */
function hostCertificates(merged: string): string[] {
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  return [
    `mount --bind /etc/resolv.conf ${merged}/etc/resolv.conf`,
    `mount -t tmpfs tmpfs ${merged}/run`,
    ...(extra ? [`cp ${Bun.$.escape(extra)} ${merged}/run/extra-ca.pem`] : []),
  ];
}

async function cacheMounts({ flags }: Step, merged: string): Promise<string[]> {
  const mount = flags.get("mount");
  if (mount === undefined) return [];
  const target = /^type=cache,target=(\/[\w./-]+)$/.exec(mount)?.[1];
  if (target === undefined) throw new Error(`docker:check does not know --mount=${mount} yet.`);
  const kept = join(CACHES, target);
  await mkdir(kept, { recursive: true });
  return [`mkdir -p ${merged}${target}`, `mount --bind ${kept} ${merged}${target}`];
}
