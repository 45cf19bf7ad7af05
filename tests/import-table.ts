/**
 * The import table of docs/architecture.md as data, and the checker that holds sources against it.
 * Type-only imports count: they couple as much as the others.
 */
import { posix } from "node:path";

export interface Row {
  /** A folder (ends in `/`) or a file. The first row that a file fits is its own. */
  path: string;
  /** Rows that it may import beside itself; `*` for all. */
  mayImport: readonly string[];
  /** Packages that it may import; all where left out. */
  packages?: readonly RegExp[];
  /** What people import the package by: it may re-export. */
  isEntry?: boolean;
}

const server = (...names: string[]): string[] => names.map((name) => `src/server/${name}`);

const shared = "src/shared/";
const basics = [shared, ...server("errors.ts", "logger.ts", "metrics/")];
const leaf = [...basics, ...server("page-image.ts", "processes/")];
const middle = [...leaf, ...server("db/", "raster/", "config.ts")];
const ocr = [...middle, ...server("engines/", "streams/", "documents/", "auth/")];
const jobs = [...ocr, ...server("ocr/")];
const exporting = [...jobs, ...server("jobs/")];
const edge = [...exporting, ...server("exports/", "services.ts", "lifecycle.ts", "version.ts")];

/** What the client may run on: no server, no Bun, no Node. */
const browserPackages = [
  /^react(?:-dom)?(?:\/|$)/,
  /^@base-ui\/react\//,
  /^@tanstack\/react-/,
  /^@trpc\/(?:client|tanstack-react-query)$/,
  // Types alone.
  /^@trpc\/server$/,
  /^lucide-react$/,
  /^streamdown$/,
  /^(?:remark-math|rehype-katex)$/,
];
/** The type of the typed API is all that the client may know of the server. */
const clientBasics = [shared, "src/client/lib/", "src/server/trpc/router.ts"];
const clientFeatures = ["auth", "intake", "library", "people", "reading", "settings", "usage"];
const clientParts = [...clientBasics, "src/client/components/"];

/** It knows of the server what calls look like: the types of `router.ts`. */
const library = {
  mayImport: [shared, "src/client-library/", ...server("trpc/router.ts")],
  packages: [/^@trpc\/client$/, /^eventsource$/],
};

export const importTable: readonly Row[] = [
  { path: shared, mayImport: [], packages: [/^zod$/] },
  { path: "src/client/lib/", mayImport: clientBasics, packages: browserPackages },
  { path: "src/client/components/", mayImport: clientParts, packages: browserPackages },
  ...clientFeatures.map((name) => ({
    path: `src/client/features/${name}/`,
    mayImport: clientParts,
    packages: browserPackages,
  })),
  {
    path: "src/client/",
    mayImport: [...clientParts, "src/client/features/"],
    packages: browserPackages,
  },
  { path: "src/client-library/client.ts", ...library, isEntry: true },
  { path: "src/client-library/", ...library },
  ...server("logger.ts", "version.ts").map((path) => ({ path, mayImport: [] })),
  { path: "src/server/errors.ts", mayImport: [shared] },
  { path: "src/server/page-image.ts", mayImport: [shared] },
  { path: "src/server/metrics/", mayImport: server("version.ts") },
  { path: "src/server/config.ts", mayImport: basics },
  { path: "src/server/lifecycle.ts", mayImport: [...basics, ...server("auth/")] },
  { path: "src/server/processes/", mayImport: basics },
  {
    path: "src/server/engines/registry.ts",
    mayImport: [...leaf, ...server("engines/", "config.ts")],
  },
  { path: "src/server/engines/", mayImport: [...leaf, ...server("streams/")] },
  ...server("raster/", "db/", "streams/").map((path) => ({ path, mayImport: leaf })),
  ...server("documents/", "auth/").map((path) => ({ path, mayImport: middle })),
  {
    path: "src/server/backup/",
    mayImport: [...middle, ...server("documents/", "auth/", "version.ts")],
  },
  { path: "src/server/ocr/", mayImport: ocr },
  { path: "src/server/jobs/", mayImport: jobs },
  { path: "src/server/exports/", mayImport: exporting },
  {
    path: "src/server/cli/",
    mayImport: [...edge, "src/client-library/", ...server("app.ts", "backup/", "main.ts")],
  },
  ...server("http/", "trpc/").map((path) => ({ path, mayImport: edge })),
  ...server("services.ts", "app.ts", "trpc-routes.ts", "main.ts", "stop-on-signals.ts").map(
    (path) => ({
      path,
      mayImport: ["*"],
    }),
  ),
];

/** Beside a row's sources; may import anything, and no source may import them. */
const TEST_FILE = /\.(?:test|conformance)\.tsx?$/;
const SOURCE = /\.tsx?$/;
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|data\.test|conformance|d))?\.[a-z]+$/;
const IMPORT = /(?:^|;)[ \t]*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?\s*["']([^"']+)["']/gm;
const RE_EXPORT = /^[ \t]*export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^"';]*?\sfrom\s*["']/m;

/** What a source imports: static, type-only, re-exported and dynamic. */
export function importsOf(path: string, source: string): string[] {
  const transpiler = new Bun.Transpiler({ loader: path.endsWith("x") ? "tsx" : "ts" });
  const dynamic = transpiler.scanImports(source).map((found) => found.path);
  const written = [...source.matchAll(IMPORT)].map(([, specifier = ""]) => specifier);
  return [...new Set([...written, ...dynamic])];
}

/**
 * Everything in which the sources differ from the table, a sentence each.
 *
 * @param files paths from the repository's root, with their content.
 */
export function findViolations(files: ReadonlyMap<string, string>, table = importTable): string[] {
  const violations: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const [path, source] of files) {
    violations.push(...nameViolations(path));
    const row = rowOf(path, table);
    if (!row) violations.push(`${path} belongs to no row of the import table`);
    if (!row || !SOURCE.test(path) || TEST_FILE.test(path)) continue;
    if (row.isEntry !== true && RE_EXPORT.test(source))
      violations.push(`${path} re-exports what another file declares`);
    for (const specifier of importsOf(path, source)) {
      const problem = importViolation({ path, row, specifier, edges, table });
      if (problem !== undefined) violations.push(problem);
    }
  }
  return [...violations, ...cycles(edges).map((cycle) => `import cycle: ${cycle}`)];
}

function nameViolations(path: string): string[] {
  const name = posix.basename(path);
  const folders = posix.dirname(path).split("/");
  const isKebab = NAME.test(name) && folders.every((folder) => /^[a-z0-9-]+$/.test(folder));
  return [
    ...(isKebab ? [] : [`${path} is not named in kebab-case`]),
    ...(/^index\.[jt]sx?$/.test(name) ? [`${path} is a barrel`] : []),
  ];
}

/** A test belongs to what it tests. */
function rowOf(file: string, table: readonly Row[]): Row | undefined {
  const path = file.replace(/(?:\.data)?\.test\./, ".");
  return table.find((row) =>
    row.path.endsWith("/") ? path.startsWith(row.path) : path === row.path,
  );
}

interface Import {
  path: string;
  row: Row;
  specifier: string;
  edges: Map<string, Set<string>>;
  table: readonly Row[];
}

function importViolation({ path, row, specifier, edges, table }: Import): string | undefined {
  if (!specifier.startsWith(".")) {
    const isAllowed = row.packages?.some((allowed) => allowed.test(specifier)) ?? true;
    return isAllowed ? undefined : `${path} may not import the package ${specifier}`;
  }
  const target = posix.join(posix.dirname(path), specifier);
  if (target === "package.json" || target.endsWith(".css")) return undefined;
  const targetRow = rowOf(target, table);
  if (!targetRow) return `${path} imports ${target}, which belongs to no row`;
  if (TEST_FILE.test(target)) return `${path} imports the test ${target}`;
  const [from, to] = [folderOf(path), folderOf(target)];
  if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  const isAllowed =
    targetRow === row ||
    row.mayImport.includes("*") ||
    row.mayImport.some(
      (allowed) => target === allowed || (allowed.endsWith("/") && target.startsWith(allowed)),
    );
  return isAllowed ? undefined : `${path} may not import ${target}`;
}

/** `src/server/raster` for all that is below it; a file of its own at the top of a side. */
function folderOf(path: string): string {
  return path.split("/").slice(0, 3).join("/");
}

/** Each cycle once, as `a → b → a`. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    const at = trail.indexOf(node);
    if (at >= 0) found.push([...trail.slice(at), node].join(" → "));
    if (at >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}
