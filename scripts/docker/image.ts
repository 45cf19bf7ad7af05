/**
 * Makes of a Dockerfile what Docker would, in a folder: each stage has one, and this machine stands
 * for all bases. Paths in RUN have to be relative for that.
 */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import dockerignore from "@balena/dockerignore";
import { type Copy, DockerfileParser, type Instruction } from "dockerfile-ast";
import { root, run, say } from "../terminal.ts";

const RUN_TIMEOUT_MS = 900_000;

export interface Image {
  /** What lies under `/` of the image beside its base. */
  rootFolder: string;
  /** The application's part of it. */
  shippedFolder: string;
  workdir: string;
  env: Record<string, string>;
  /** `uid:gid`. */
  user: string;
  volume: string;
  command: string[];
  healthCommand: string[];
}

interface Stage extends Image {
  name: string;
  args: Record<string, string>;
}

/** @param buildArgs as `--build-arg`. @throws Error with what a step printed, or which one is not known here. */
export async function buildImage(
  path: string,
  folder: string,
  buildArgs: Record<string, string>,
): Promise<Image> {
  const file = DockerfileParser.parse(await Bun.file(path).text());
  const stages: Stage[] = [];
  for (const instruction of file.getInstructions()) {
    const keyword = instruction.getKeyword().toUpperCase();
    if (keyword === "FROM") stages.push(newStage(instruction, folder, stages.length));
    const stage = stages.at(-1);
    if (!stage) throw new Error(`${keyword} stands before FROM.`);
    const copy = file.getCOPYs().find((one) => one === instruction);
    if (copy) await copyStep(copy, stage, stages);
    else await takeStep(keyword, instruction, stage, buildArgs);
  }
  const last = stages.at(-1);
  if (!last) throw new Error("There is no FROM.");
  return { ...last, shippedFolder: join(last.rootFolder, last.workdir) };
}

function newStage(instruction: Instruction, folder: string, index: number): Stage {
  const [, name = String(index)] = / AS (\S+)/i.exec(instruction.getArgumentsContent() ?? "") ?? [];
  const rootFolder = join(folder, `stage-${name}`);
  mkdirSync(rootFolder, { recursive: true });
  const none = { env: {}, args: {}, user: "0:0", volume: "", command: [], healthCommand: [] };
  return { ...none, name, rootFolder, shippedFolder: rootFolder, workdir: "/" };
}

async function takeStep(
  keyword: string,
  instruction: Instruction,
  stage: Stage,
  buildArgs: Record<string, string>,
): Promise<void> {
  const content = instruction.getArgumentsContent() ?? "";
  switch (keyword) {
    case "RUN":
      await runStep(content, stage);
      return;
    case "WORKDIR":
      stage.workdir = posix.resolve(stage.workdir, content);
      mkdirSync(join(stage.rootFolder, stage.workdir), { recursive: true });
      return;
    case "ARG": {
      const [name = "", fallback = ""] = content.split("=");
      stage.args[name] = buildArgs[name] ?? fallback;
      return;
    }
    case "ENV":
      for (const [, name = "", value = ""] of content.matchAll(/([A-Z_]+)=(\S+)/g))
        stage.env[name] = value;
      return;
    case "USER":
      stage.user = content;
      return;
    case "VOLUME":
      stage.volume = content;
      return;
    case "CMD":
      stage.command = stringsOf(content);
      return;
    case "HEALTHCHECK":
      stage.healthCommand = stringsOf(/CMD\s+(\[.*\])/s.exec(content)?.[1] ?? "[]");
      return;
    case "FROM":
    case "LABEL":
    case "EXPOSE":
    case "STOPSIGNAL":
      return;
    default:
      throw new Error(`docker:check does not know ${keyword}. Teach it, or leave that out.`);
  }
}

async function runStep(command: string, { rootFolder, workdir, env, args }: Stage): Promise<void> {
  say(`RUN ${command}`);
  const result = await run(["sh", "-c", command], {
    timeoutMs: RUN_TIMEOUT_MS,
    cwd: join(rootFolder, workdir),
    env: { ...args, ...env },
  });
  if (!result.ok) throw new Error(`RUN ${command} failed:\n${result.output.trim()}`);
}

async function copyStep(copy: Copy, stage: Stage, stages: readonly Stage[]): Promise<void> {
  const words = (copy.getArgumentsContent() ?? "").split(/\s+/);
  const [target = "", ...sources] = words.toReversed();
  const from = copy.getFromFlag()?.getValue() ?? undefined;
  const goal = join(stage.rootFolder, posix.resolve(stage.workdir, target));
  const source = stages.find(({ name }) => name === from);
  if (from !== undefined && !source) throw new Error(`There is no stage ${from}.`);
  if (source) {
    for (const path of sources) cpSync(join(source.rootFolder, path), goal, { recursive: true });
    return;
  }
  for (const name of await contextFiles(sources)) {
    mkdirSync(dirname(join(goal, name)), { recursive: true });
    cpSync(join(root, name), join(goal, name));
  }
}

/** Files of the repository under these paths that .dockerignore leaves. */
async function contextFiles(paths: readonly string[]): Promise<string[]> {
  const ignored = dockerignore().add(await Bun.file(join(root, ".dockerignore")).text());
  const listed = Bun.spawnSync(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", ...paths],
    { cwd: root },
  );
  const names = listed.stdout
    .toString()
    .split("\0")
    .filter((name) => name !== "");
  return ignored.filter(names).filter((name) => existsSync(join(root, name)));
}

function stringsOf(json: string): string[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new Error(`Not in the form of JSON: ${json}`);
  return value.map(String);
}
