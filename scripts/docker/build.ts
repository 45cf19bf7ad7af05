/**
 * Takes the steps of a Dockerfile: each stage is a layer over its base, and what RUN says is run inside
 * of both, by overlayfs and chroot. Needs Linux and root.
 */
import { statSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { run, say } from "../terminal.ts";
import { baseOf } from "./base.ts";
import { type Stage, type Step, execForm, expand } from "./dockerfile.ts";
import { runInside } from "./run-inside.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SHOWN_CHARACTERS = 90;
const COPY_FLAGS = new Set(["from", "chown", "chmod"]);

export interface Image {
  /** The folders of its files: the base's, and above them what the steps have made. */
  base: string;
  layer: string;
  env: Map<string, string>;
  labels: Map<string, string>;
  workdir: string;
  user: string;
  volumes: string[];
  entrypoint: string[];
  command: string[];
  health: string[];
  stopSignal: string;
}

export interface BuildOptions {
  /** The files that COPY finds. */
  context: string;
  /** An empty folder for the layers. */
  scratch: string;
  /** What `--build-arg` and the builder itself set. */
  args: ReadonlyMap<string, string>;
}

/** A stage in the making. */
export interface Building extends Image {
  /** What ARG and ENV have set so far. */
  variables: Map<string, string>;
  options: BuildOptions;
  stages: ReadonlyMap<string, Image>;
}

/** @returns the last stage. Throws with the output of the step that failed. */
export async function build(stages: readonly Stage[], options: BuildOptions): Promise<Image> {
  const done = new Map<string, Image>();
  let last: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    const layer = join(options.scratch, `layer-${index}`);
    await mkdir(layer);
    const building = begin(await baseOf(stage.base), layer, options, done);
    for (const step of stage.steps) {
      const shown = `${step.keyword} ${step.text}`.slice(0, SHOWN_CHARACTERS);
      say(`  ${stage.name ?? "image"}: ${shown}`);
      const take = TAKERS[step.keyword];
      if (!take) throw new Error(`docker:check does not know ${step.keyword} yet.`);
      await take(step, building);
    }
    last = building;
    if (stage.name !== undefined) done.set(stage.name, building);
  }
  if (!last) throw new Error("The Dockerfile has no stage.");
  return last;
}

function begin(
  base: string,
  layer: string,
  options: BuildOptions,
  stages: ReadonlyMap<string, Image>,
): Building {
  return {
    base,
    layer,
    env: new Map([["PATH", PATH]]),
    labels: new Map(),
    workdir: "/",
    user: "0:0",
    volumes: [],
    entrypoint: [],
    command: [],
    health: [],
    stopSignal: "SIGTERM",
    variables: new Map(),
    options,
    stages,
  };
}

const TAKERS: Record<string, (step: Step, to: Building) => void | Promise<void>> = {
  ARG({ properties }, { variables, options }) {
    for (const [name, fallback] of properties) {
      const value = options.args.get(name) ?? fallback;
      if (value !== undefined) variables.set(name, value);
    }
  },
  ENV({ properties }, { variables, env }) {
    for (const [name, value = ""] of properties) {
      env.set(name, expand(value, variables));
      variables.set(name, expand(value, variables));
    }
  },
  LABEL({ properties }, { variables, labels }) {
    for (const [name, value = ""] of properties) labels.set(name, expand(value, variables));
  },
  async WORKDIR({ text }, to) {
    to.workdir = resolve(to.workdir, expand(text, to.variables));
    await mkdir(join(to.layer, to.workdir), { recursive: true });
  },
  COPY: copy,
  RUN: runInside,
  USER: ({ text }, to) => void (to.user = text),
  VOLUME: ({ text }, to) => void to.volumes.push(text),
  EXPOSE: () => undefined,
  HEALTHCHECK: ({ text }, to) => void (to.health = execForm(text.replace(/^CMD\s+/, ""))),
  STOPSIGNAL: ({ text }, to) => void (to.stopSignal = text),
  ENTRYPOINT: ({ text }, to) => void (to.entrypoint = execForm(text)),
  CMD: ({ text }, to) => void (to.command = execForm(text)),
};

async function copy({ flags, text }: Step, to: Building): Promise<void> {
  const odd = [...flags.keys()].find((flag) => !COPY_FLAGS.has(flag));
  if (odd !== undefined) throw new Error(`docker:check does not know COPY --${odd} yet.`);
  const from = flags.get("from");
  const source = from === undefined ? to.options.context : to.stages.get(from)?.layer;
  if (source === undefined) throw new Error(`COPY --from=${from}: there is no such stage.`);
  const words = expand(text, to.variables).split(/\s+/);
  const target = words.pop() ?? "";
  const place = join(to.layer, resolve(to.workdir, target));
  for (const word of words) {
    const path = join(source, word);
    const isInto = target.endsWith("/") && !statSync(path).isDirectory();
    const end = isInto ? join(place, basename(path)) : place;
    await cp(path, end, { recursive: true, verbatimSymlinks: true });
    for (const program of ["chown", "chmod"]) {
      const value = flags.get(program);
      if (value === undefined) continue;
      const result = await run([program, "--recursive", value, end], { timeoutMs: 10_000 });
      if (!result.ok) throw new Error(result.output);
    }
  }
}
