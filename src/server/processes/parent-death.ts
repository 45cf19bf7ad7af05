/**
 * Makes the kernel kill this process when its parent dies, however it dies. A child stuck inside
 * native or WASM code never sees `disconnect`, and would burn a core for ever after `kill -9` of the
 * server. Source: prctl(2), PR_SET_PDEATHSIG. Linux alone has it; elsewhere this does nothing.
 */
import { dlopen } from "bun:ffi";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

export function dieWithParent(): void {
  if (process.platform !== "linux") return;
  const parent = process.ppid;
  for (const library of [
    "libc.so.6",
    `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
  ]) {
    try {
      const libc = dlopen(library, {
        prctl: { args: ["int", "u64", "u64", "u64", "u64"], returns: "int" },
      });
      libc.symbols.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      // The parent may have died before the call above.
      if (process.ppid !== parent) process.exit(0);
      return;
    } catch {
      // Not this libc; without any the `disconnect` event has to do.
    }
  }
}
