/** The unit of `deploy/systemd`, by systemd's own checks and against what it starts. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseConfig } from "../src/server/config.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";

const root = join(import.meta.dir, "..");
const path = join(root, "deploy/systemd/my-ocr.service");
const unit = readFileSync(path, "utf8");
const analyze = Bun.which("systemd-analyze");
/** Of 10; systemd calls less than two "OK". */
const MOST_EXPOSED = 2;

function setting(name: string): string {
  return new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
}

function run(...args: string[]): { exitCode: number; said: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([analyze ?? "", ...args]);
  return { exitCode, said: `${stdout.toString()}${stderr.toString()}` };
}

test("starts what is shipped, with its data where systemd makes the folder", () => {
  const folder = setting("WorkingDirectory");
  const [program = "", script = ""] = setting("ExecStart").split(" ");
  expect(existsSync(join(root, program.replace(`${folder}/`, "")))).toBe(true);
  expect(existsSync(join(root, script))).toBe(true);
  expect(setting("Environment")).toContain(`DATA_DIR=/var/lib/${setting("StateDirectory")}`);
});

test("waits for longer than the server gives its streams", () => {
  expect(Number(setting("TimeoutStopSec"))).toBeGreaterThan(parseConfig({}).SHUTDOWN_GRACE_S);
});

test.skipIf(analyze === null)("systemd has nothing to say against it", async () => {
  using folder = temporaryFolder();
  const copy = join(folder.path, "my-ocr.service");
  await Bun.write(copy, unit.replaceAll(setting("WorkingDirectory"), root));
  expect(run("verify", copy)).toEqual({ exitCode: 0, said: "" });
});

test.skipIf(analyze === null)("systemd finds it shut in", () => {
  const { said } = run("security", "--offline=true", "--no-pager", path);
  const exposure = /exposure level for my-ocr\.service: ([\d.]+)/.exec(said)?.[1];
  expect(z.coerce.number().parse(exposure)).toBeLessThan(MOST_EXPOSED);
});
