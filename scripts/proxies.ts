/**
 * An nginx and a Caddy for the tests of `deploy/`: those that are installed, else Debian's. Run by
 * itself it gets them where they are not there; where that fails, only CI takes it for a failure.
 */
import { findProgram, unpackPackage } from "./debian-package.ts";
import { fail, say } from "./terminal.ts";

export const proxyNames = ["nginx", "caddy"] as const;
export type ProxyName = (typeof proxyNames)[number];

/** Its path; undefined where there is none yet. */
export function findProxy(name: ProxyName): string | undefined {
  return findProgram(name);
}

if (import.meta.main) {
  for (const name of proxyNames) {
    try {
      if (findProxy(name) === undefined) await unpackPackage(name);
      say(findProxy(name));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `There is no ${name}, and none could be got.\n${reason}`;
      if (process.env["CI"]) fail(message);
      say(`${message}\nIts tests will be skipped.`);
    }
  }
}
