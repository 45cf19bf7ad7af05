/** The built client at `/`: hashed assets for ever, the page itself always checked again. */
import { join } from "node:path";
import { Elysia } from "elysia";
import { publicRoute } from "./access.ts";
import { PAGE_POLICY } from "./response-headers.ts";

export const clientDirectory = join(import.meta.dir, "../../../dist/client");

/**
 * @param directory of the build. Its files are listed once, so that no request ever names a path on
 *   disk.
 */
export function clientFiles(directory = clientDirectory) {
  const files = new Map(listFiles(directory).map((name) => [`/${name}`, join(directory, name)]));
  const app = new Elysia();
  for (const [path, file] of files) app.get(path, () => fileResponse(path, file), publicRoute);
  const index = files.get("/index.html");
  return app.get("/", () => (index ? fileResponse("/", index) : notBuilt()), publicRoute);
}

function listFiles(directory: string): string[] {
  try {
    return [...new Bun.Glob("**/*").scanSync({ cwd: directory, onlyFiles: true })];
  } catch {
    return [];
  }
}

function fileResponse(path: string, file: string): Response {
  const isHashed = path.startsWith("/assets/");
  return new Response(Bun.file(file), {
    headers: {
      "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      "content-security-policy": PAGE_POLICY,
    },
  });
}

function notBuilt(): Response {
  return new Response("My OCR runs. Its page is not built: run `bun run build`.\n", {
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
