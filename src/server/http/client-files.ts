/**
 * The built client: hashed assets for ever, the page itself always checked again. The page is the
 * same at all of its own addresses; what stands there is decided in the browser.
 */
import { join } from "node:path";
import { Elysia } from "elysia";
import { publicRoute } from "./access.ts";
import { requestPath } from "./request-path.ts";
import { PAGE_POLICY } from "./response-headers.ts";

export const clientDirectory = join(import.meta.dir, "../../../dist/client");

/** As `client/routes.tsx` has them. */
const SCREENS = [
  "/",
  "/library",
  "/documents/*",
  "/usage",
  "/settings",
  "/people",
  "/login",
  "/register",
];

/** Made by the build beside each file that is worth it; the best first. */
const ENCODINGS = [
  { name: "br", ending: ".br" },
  { name: "gzip", ending: ".gz" },
] as const;

/**
 * @param directory of the build. Its files are listed once, so that no request ever names a path on
 *   disk.
 */
export function clientFiles(directory = clientDirectory) {
  const files = new Set(listFiles(directory).map((name) => `/${name}`));
  const app = new Elysia();
  const serve = (file: string) => (context: { request: Request }) =>
    fileResponse(directory, files, file, context.request);
  for (const file of files) {
    const isEncoded = ENCODINGS.some(({ ending }) => file.endsWith(ending));
    if (!isEncoded && file !== "/index.html") app.get(file, serve(file), publicRoute);
  }
  const screen = files.has("/index.html") ? serve("/index.html") : notBuilt;
  for (const path of SCREENS) app.get(path, screen, publicRoute);
  return app;
}

/**
 * The page for people who follow an address to nothing: it says so in their language, and leads back.
 *
 * @returns undefined for programs, for what stands under `/api`, and where the page is not built.
 */
export function lostPage(request: Request, directory = clientDirectory): Response | undefined {
  const isForPeople = request.headers.get("accept")?.includes("text/html") === true;
  const isRead = request.method === "GET" || request.method === "HEAD";
  const isApi = /^\/api(?:\/|$)/.test(requestPath(request));
  if (!isForPeople || !isRead || isApi) return undefined;
  const files = new Set(listFiles(directory).map((name) => `/${name}`));
  if (!files.has("/index.html")) return undefined;
  const page = fileResponse(directory, files, "/index.html", request);
  return new Response(page.body, { status: 404, headers: page.headers });
}

function listFiles(directory: string): string[] {
  try {
    return [...new Bun.Glob("**/*").scanSync({ cwd: directory, onlyFiles: true })];
  } catch {
    return [];
  }
}

function fileResponse(
  directory: string,
  files: ReadonlySet<string>,
  file: string,
  request: Request,
): Response {
  const accepted = request.headers.get("accept-encoding") ?? "";
  const encoding = ENCODINGS.find(
    ({ name, ending }) => accepts(accepted, name) && files.has(file + ending),
  );
  const body = Bun.file(join(directory, file + (encoding?.ending ?? "")));
  return new Response(body, {
    headers: {
      // Of the file itself, not of its compressed twin.
      "content-type": Bun.file(join(directory, file)).type,
      "cache-control": file.startsWith("/assets/")
        ? "public, max-age=31536000, immutable"
        : "no-cache",
      "content-security-policy": PAGE_POLICY,
      vary: "Accept-Encoding",
      ...(encoding && { "content-encoding": encoding.name }),
    },
  });
}

function accepts(header: string, encoding: string): boolean {
  return header
    .split(",")
    .map((part) => part.trim().split(";"))
    .some(([name, quality = ""]) => name === encoding && !/^\s*q=0(?:\.0*)?$/.test(quality));
}

function notBuilt(): Response {
  return new Response("My OCR runs. Its page is not built: run `bun run build`.\n", {
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
