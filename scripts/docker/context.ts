/** The files that a build sees: those of the project, without what `.dockerignore` leaves out. */
import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { root, run } from "../terminal.ts";

/** Copies them into an empty folder. @returns how many there are. */
export async function copyContext(folder: string): Promise<number> {
  const list = ["git", "ls-files", "--cached", "--others", "--exclude-standard"];
  const { ok, output } = await run(list, { timeoutMs: 30_000 });
  if (!ok) throw new Error(output);
  const ignored = dockerignore().add(await Bun.file(join(root, ".dockerignore")).text());
  const names = output.split("\n").filter((name) => name !== "");
  const files = ignored.filter(names).filter((name) => existsSync(join(root, name)));
  for (const path of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(join(root, path), join(folder, path));
  }
  return files.length;
}
