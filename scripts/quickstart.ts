/**
 * From a clean clone to a running server: installs, builds, starts. `npx -y bun@1.4.5 run
 * quickstart`. The server runs in this terminal; signals reach it, and its exit code is this one's.
 */
import { createServer } from "node:net";
import { ensureClientBuilt } from "./build-client.ts";
import { ensureInstalled } from "./install.ts";
import { fail, root, say } from "./terminal.ts";

/** A terminal's Ctrl-C can arrive here several times: from the terminal, npm and Bun. */
const SAME_SIGNAL_MS = 500;

const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);

await ensureInstalled();
await ensureClientBuilt();
await checkPort();
say("Starting My OCR. Stop it with Ctrl-C.");
if (port !== 0) say(`Open http://localhost:${port} as soon as the log says that it runs.`);
process.exit(await serve());

/** The commonest reason why a server does not start, in words. */
async function checkPort(): Promise<void> {
  if (port === 0 || !Number.isInteger(port)) return;
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer();
    probe.once("error", resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
  if (error?.code === "EADDRINUSE") {
    fail(
      `Port ${port} is taken, perhaps by a My OCR that still runs. Stop that one, or choose ` +
        "another port: PORT=3001 npx -y bun@1.4.5 run quickstart",
    );
  }
}

/** @returns the server's exit code. */
async function serve(): Promise<number> {
  // In a session of its own, a Ctrl-C reaches the server once, by the hand-over below.
  const server = Bun.spawn([process.execPath, "src/server/main.ts"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? "production" },
    stdio: ["inherit", "inherit", "inherit"],
    detached: true,
  });
  const handOver = (sent: NodeJS.Signals, received: NodeJS.Signals): void => {
    let last = Number.NEGATIVE_INFINITY;
    process.on(received, () => {
      const now = performance.now();
      if (now - last > SAME_SIGNAL_MS) server.kill(sent);
      last = now;
    });
  };
  handOver("SIGINT", "SIGINT");
  handOver("SIGTERM", "SIGTERM");
  handOver("SIGTERM", "SIGHUP");
  return await server.exited;
}
