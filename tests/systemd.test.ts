/** The unit of `deploy/systemd`, by systemd's own checks and against what it starts. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync } from "node:fs";
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

test("the command for root runs as the account that serves, where it serves, on its data", async () => {
  using folder = temporaryFolder();
  const command = readFileSync(join(root, "deploy/systemd/my-ocr"), "utf8");
  const copy = join(folder.path, "my-ocr");
  await Bun.write(copy, command.replace(`cd ${setting("WorkingDirectory")}\n`, `cd ${root}\n`));
  // Needs an account and root: tells instead what it is asked for, and goes on as this account.
  const setpriv = '#!/bin/sh\necho "$@" > "$0.asked"\nshift 5\nexec "$@"\n';
  await Bun.write(join(folder.path, "setpriv"), setpriv);
  chmodSync(join(folder.path, "setpriv"), 0o755);
  const PATH = `${folder.path}:${process.env["PATH"]}`;
  const help = Bun.spawnSync(["sh", copy, "--help"], { env: { PATH }, cwd: folder.path });
  expect(help.stdout.toString()).toContain("my-ocr -o texts scans");
  const asked = await Bun.file(join(folder.path, "setpriv.asked")).text();
  const [, program, script] = / (\S+) (\S+) --help$/.exec(asked.trim()) ?? [];
  expect(asked).toStartWith(
    `--reuid ${setting("User")} --regid ${setting("User")} --clear-groups env DATA_DIR=/var/lib/${setting("StateDirectory")} `,
  );
  expect([program, script]).toEqual(["node_modules/.bin/bun", "src/server/cli/main.ts"]);

  const DATA_DIR = join(folder.path, "trial");
  Bun.spawnSync(["sh", copy, "user", "list"], { env: { PATH, DATA_DIR }, cwd: folder.path });
  expect(existsSync(join(DATA_DIR, "my-ocr.db"))).toBe(true);
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
