/**
 * `bun run dev`: the server, started again at every change, and Vite's own server for the page, which
 * shows changes at once and hands all other requests on to the server.
 */
import { root } from "./terminal.ts";

const commands = [
  ["--watch", "src/server/main.ts"],
  ["node_modules/vite/bin/vite.js", "dev"],
];
const children = commands.map((command) =>
  Bun.spawn([process.execPath, ...command], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  }),
);

const stop = (): void => {
  for (const child of children) child.kill("SIGTERM");
};
process.on("SIGINT", stop).on("SIGTERM", stop);
// Either is of no use alone.
await Promise.race(children.map(async (child) => await child.exited));
stop();
await Promise.all(children.map(async (child) => await child.exited));
