/** Which commit runs: asked of git, noted in what is shipped, or unknown. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/fixtures/temporary-folder.ts";
import { startServer } from "../../tests/server.ts";
import { releaseOf } from "../shared/release.ts";
import { readCommit, version } from "./version.ts";

const COMMIT = "5f0c3a1e9b7d24680ace13579bdf02468ace1357";

async function git(folder: string, ...args: string[]): Promise<string> {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  const child = Bun.spawn(["git", ...who, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return text.trim();
}

test("a clone's commit is the one that is checked out now, whatever was noted", async () => {
  using folder = temporaryFolder();
  await git(folder.path, "init", "-q");
  await Bun.write(join(folder.path, "COMMIT"), COMMIT);
  expect(readCommit(folder.path)).toBeUndefined();
  for (const message of ["one", "two"]) {
    await git(folder.path, "commit", "-q", "--allow-empty", "-m", message);
    expect(readCommit(folder.path)).toBe(await git(folder.path, "rev-parse", "HEAD"));
  }
});

test("without git it is what was noted, and nothing where that is no commit", async () => {
  using folder = temporaryFolder();
  expect(readCommit(folder.path)).toBeUndefined();
  await Bun.write(join(folder.path, "COMMIT"), `${COMMIT}\n`);
  expect(readCommit(folder.path)).toBe(COMMIT);
  await Bun.write(join(folder.path, "COMMIT"), "main\n");
  expect(readCommit(folder.path)).toBeUndefined();
});

test("the probe, the self-description and the command line say the same", async () => {
  await using server = await startServer();
  const commit = readCommit();
  const answer = async (path: string): Promise<unknown> =>
    await (await fetch(`${server.url}${path}`)).json();
  expect(await answer("/healthz")).toEqual({ status: "ok", version, ...(commit && { commit }) });
  expect(await answer("/api/info")).toMatchObject({ version, commit });
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "cli/main.ts"), "--version"]);
  expect(await new Response(child.stdout).text()).toBe(`${releaseOf({ version, commit })}\n`);
});
