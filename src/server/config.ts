/**
 * Every environment variable, once: its form, its default and what it is for. `docs/configuration.md`,
 * the README's table and `.env.example` are generated from here. Nothing is read at import; `parseConfig` reads once.
 */
import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { usernameKey, usernameSchema } from "../shared/accounts.ts";
import { logLevels } from "./logger.ts";

const whole = (min: number, max: number): z.ZodCoercedNumber =>
  z.coerce.number().int().min(min).max(max);
const cores = availableParallelism();

/** An IP network: its address and the length of its prefix. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function hostNetwork(address: ipaddr.IPv4 | ipaddr.IPv6): Network {
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

const jsonObject = z.string().transform((text, context): Record<string, unknown> => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: 'must be a JSON object such as {"top_p":1}' });
    return z.NEVER;
  }
});

/** What the built-in engine reads: the first two with its main model, always. */
const embeddedLanguages = ["en", "zh", "de", "fr", "es", "it", "nl"] as const;
const languageList = z.string().transform((text, context) => {
  const codes = z
    .array(z.enum(embeddedLanguages))
    .safeParse(text.split(",").map((code) => code.trim()));
  if (codes.success) return codes.data;
  const message = `must be a list such as en,zh,de of ${embeddedLanguages.join(", ")}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** Origins as browsers send them; nothing else would ever match. */
const originList = z.string().transform((text, context): string[] => {
  const origins = text.split(",").map((origin) => origin.trim());
  const wrong = origins.find((origin) => origin !== "*" && !isOrigin(origin));
  if (wrong === undefined) return origins;
  const message = `${JSON.stringify(wrong.slice(0, 100))} is no origin such as https://app.example.com`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** An address alone is a network of one. */
const networkList = z.string().transform((text, context) =>
  text.split(",").flatMap((part): Network[] => {
    const network = part.trim();
    // The library also takes `10/8`, and reads 0.0.0.10 in it.
    const isAddress = isIP(network.split("/")[0] ?? "") !== 0;
    if (isAddress && ipaddr.isValidCIDR(network)) return [ipaddr.parseCIDR(network)];
    if (isAddress && ipaddr.isValid(network)) return [hostNetwork(ipaddr.process(network))];
    const message = `"${network}" is no address or network such as 10.0.0.0/8`;
    context.addIssue({ code: "custom", message });
    return [];
  }),
);

/** `shown` is the default as people should read it. */
const configSchema = z.object({
  PORT: whole(0, 65_535).default(3000).describe("Port to listen on; 0 takes a free one."),
  HOST: z.string().default("127.0.0.1").describe("Address to listen on; `0.0.0.0` for all."),
  DATA_DIR: z
    .string()
    .default("./data")
    .describe(
      "Folder of the database, of uploads while they are read, and of the generated secret.",
    ),
  DATABASE_URL: z
    .string()
    .regex(
      /^(?:sqlite:\/\/|file:|[^:]+$)/,
      "must be a SQLite file: sqlite:///path, file:path or a path",
    )
    .optional()
    .describe("SQLite database: `sqlite:///relative`, `sqlite:////absolute` or a path.")
    .meta({ shown: "`my-ocr.db` in `DATA_DIR`" }),
  CORS_ORIGINS: originList
    .default([])
    .describe(
      "Origins of other sites whose pages may call the API, separated by commas, or `*` for all. Cookies never count there.",
    )
    .meta({ shown: "none" }),
  LOG_LEVEL: z.enum(logLevels).default("info").describe("Least severe log lines to print."),
  SHUTDOWN_GRACE_S: whole(0, 3600)
    .default(30)
    .describe("Seconds that running streams get to finish after SIGTERM."),
  TRUSTED_PROXIES: networkList
    .default([])
    .describe(
      "Addresses and networks of reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, such as `127.0.0.1,10.0.0.0/8`.",
    )
    .meta({ shown: "" }),

  SECRET_KEY: z
    .string()
    .min(8)
    .optional()
    .describe("Signs access tokens; at least 8 characters.")
    .meta({ shown: "generated, kept in `DATA_DIR`" }),
  ALGORITHM: z.enum(["HS256", "HS384", "HS512"]).default("HS256").describe("Signs access tokens."),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 10_080)
    .default(60)
    .describe("Life of an access token in minutes."),
  AUTH_ENABLED: z
    .stringbool()
    .default(false)
    .describe("Whether people have to log in. Off: everything runs as `ANON_USERNAME`."),
  ANON_USERNAME: z
    .string()
    .min(1)
    .max(64)
    .default("anonymous")
    .describe("The account of all requests while nobody has to log in."),
  REGISTRATION_ENABLED: z
    .stringbool()
    .default(true)
    .describe(
      "Whether everybody may make an account. Who does so while there is no administrator becomes it.",
    ),
  BOOTSTRAP_USER: z
    .string()
    .optional()
    .describe(
      "Name of an administrator's account that is made at the start where it does not exist; with `BOOTSTRAP_PASS` and `AUTH_ENABLED`.",
    ),
  BOOTSTRAP_PASS: z
    .string()
    .optional()
    .describe("Password of that account when it is made; never changes an existing one."),

  METRICS_TOKEN: z
    .string()
    .regex(/^[!-~]{8,}$/, "must be at least 8 characters of ASCII without spaces")
    .optional()
    .describe(
      "Bearer token that scrapes of `/metrics` have to bring; at least 8 characters. Unset: everybody may read the metrics.",
    ),

  MAX_UPLOAD_MB: whole(1, 4096).default(100).describe("Largest file, in MiB."),
  MAX_PAGES: whole(1, 100_000)
    .default(1000)
    .describe("Most pages of one document that are read at once."),
  MAX_MEGAPIXELS: whole(1, 10_000)
    .default(120)
    .describe("Largest image, in millions of pixels; checked before it is decoded."),
  UPLOAD_TIMEOUT_S: whole(1, 3600).default(120).describe("Seconds that one upload may take."),
  RASTER_PROCESSES: whole(1, 256)
    .default(cores)
    .describe("Processes that turn pages into pictures.")
    .meta({ shown: "the cores" }),
  RASTER_TIMEOUT_S: whole(1, 600).default(20).describe("Seconds that drawing one page may take."),
  RASTER_MEMORY_MB: whole(128, 16_384)
    .default(1024)
    .describe("Memory of one raster process in MiB; over it the page fails and the process dies."),
  OCR_PAGE_CONCURRENCY: whole(1, 1024)
    .default(8)
    .describe("Most pages that are with the engine at the same time."),
  STREAM_STALL_S: whole(1, 86_400)
    .default(300)
    .describe("Seconds after which a stream whose reader takes nothing is cancelled."),

  RETENTION_DAYS: whole(0, 36_500)
    .default(30)
    .describe(
      "Days that documents and their texts are kept; 0 keeps nothing once a document has been read.",
    ),
  USER_MONTHLY_PAGES: whole(0, 1_000_000_000)
    .default(0)
    .describe(
      "Pages that each account may have read in a calendar month (UTC), administrators included; 0 for no limit.",
    ),
  BACKUP_DIR: z
    .string()
    .optional()
    .describe(
      "Folder where the server puts backups, a folder each; on a disk of this machine, and of one server alone. Unset: it makes none.",
    ),
  BACKUP_EVERY_HOURS: whole(0, 8760)
    .default(24)
    .describe("Hours between two backups; 0 for those alone that people make."),
  BACKUP_KEEP: whole(1, 10_000)
    .default(7)
    .describe(
      "How many backups stay in `BACKUP_DIR`; with each new one the oldest above that are removed.",
    ),

  LLM_BASE_URL: z
    .url({ protocol: /^https?$/, error: "must be an http(s) URL such as http://localhost:8000/v1" })
    .optional()
    .describe(
      "OpenAI-compatible server that reads the pages. Unset: the built-in engine reads them.",
    ),
  LLM_API_KEY: z.string().optional().describe("Its API key, where it wants one."),
  LLM_MODEL: z.string().default("deepseek-ai/DeepSeek-OCR").describe("Model to ask for."),
  LLM_PROMPT: z
    .string()
    .default("Free OCR, output markdown.")
    .describe("Prompt where the request brings none."),
  LLM_EXTRA_BODY: jsonObject
    .default({})
    .describe("JSON object with more fields for each request, for servers that need them.")
    .meta({ shown: "`{}`" }),
  LLM_IMAGE_LONGEST_SIDE: whole(256, 8192)
    .default(1540)
    .describe("Longer side of the page picture that the engine gets, in pixels."),
  LLM_TIMEOUT_S: whole(1, 86_400)
    .default(120)
    .describe(
      "Seconds of silence, before the first delta and between deltas, after which a page fails.",
    ),
  LLM_MAX_RETRIES: whole(0, 10)
    .default(2)
    .describe(
      "How often a page is asked for again when the engine refuses before its first delta.",
    ),

  EMBEDDED_PROCESSES: whole(1, 256)
    .default(cores)
    .describe("Processes of the built-in engine; each reads one page on one core.")
    .meta({ shown: "the cores" }),
  EMBEDDED_MEMORY_MB: whole(256, 16_384)
    .default(640)
    .describe(
      "Memory of one process of the built-in engine in MiB; over it the process is replaced.",
    ),
  EMBEDDED_MODELS_DIR: z
    .string()
    .optional()
    .describe(
      "Folder with PP-OCR models of one's own: detection and recognition (.onnx), and the dictionary (.txt) where the model does not bring it. `bun run models:fetch` gets such sets.",
    )
    .meta({ shown: "the models that are shipped" }),
  EMBEDDED_LANGUAGES: languageList
    .default([...embeddedLanguages])
    .describe(
      "Languages that the built-in engine expects: a line in German, French, Spanish, Italian or Dutch is told by its words and read twice, for its accents. English and Chinese are always read.",
    )
    .meta({ shown: `\`${embeddedLanguages.join(",")}\`` }),
});

export type Config = z.infer<typeof configSchema>;

/** All mistakes of a configuration, one line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: string[];
  constructor(mistakes: string[]) {
    super(mistakes.join("\n"));
    this.mistakes = mistakes;
  }
}

/**
 * @param env usually `process.env`, where Bun has already put what `.env` says. An empty variable
 *   counts as unset.
 * @throws ConfigError with every mistake at once.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(configSchema.shape)
      .map((name): [string, string | undefined] => [name, env[name]?.trim()])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = configSchema.safeParse(given);
  const mistakes = result.success
    ? crossChecks(result.data)
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (!result.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return result.data;
}

function crossChecks(config: Config): string[] {
  return [...backupChecks(config), ...bootstrapChecks(config)];
}

function backupChecks(config: Config): string[] {
  const isInMemory = databasePath(config) === ":memory:";
  if (config.BACKUP_DIR === undefined || !isInMemory) return [];
  return ["BACKUP_DIR: there is nothing to back up while DATABASE_URL is :memory:"];
}

function bootstrapChecks(config: Config): string[] {
  const bootstrap = bootstrapAccount(config);
  if (!bootstrap) return [];
  const issues = usernameSchema.safeParse(bootstrap.username).error?.issues ?? [];
  const mistakes = issues.map(({ message }) => `BOOTSTRAP_USER: ${message}`);
  if (usernameKey(bootstrap.username) === usernameKey(config.ANON_USERNAME)) {
    mistakes.push("BOOTSTRAP_USER: must not be the same as ANON_USERNAME");
  }
  return mistakes;
}

/** The account to make at the start; undefined unless all is set that it needs. */
export function bootstrapAccount(
  config: Config,
): { username: string; password: string } | undefined {
  const { AUTH_ENABLED, BOOTSTRAP_USER: username, BOOTSTRAP_PASS: password } = config;
  if (!AUTH_ENABLED || username === undefined || password === undefined) return undefined;
  return { username, password };
}

/** Absolute path of the SQLite file, or `:memory:`. */
export function databasePath(config: Config): string {
  const url = config.DATABASE_URL;
  if (url === undefined) return resolve(config.DATA_DIR, "my-ocr.db");
  if (url === ":memory:") return url;
  const path = url.replace(/^sqlite:\/\/\//, "").replace(/^(?:sqlite:\/\/|file:(?:\/\/)?)/, "");
  return isAbsolute(path) ? path : resolve(path);
}

/** All that a backup is made of, and a restore replaces; absolute paths. */
export function dataPlaces(config: Config): { database: string; dataDirectory: string } {
  return { database: databasePath(config), dataDirectory: resolve(config.DATA_DIR) };
}

/** Where the files of documents are kept, by their content. */
export function blobDirectory(config: Config): string {
  return join(resolve(config.DATA_DIR), "blobs");
}

/** Where uploads lie while they are read. */
export function spoolDirectory(config: Config): string {
  return join(resolve(config.DATA_DIR), "spool");
}

export interface VariableDoc {
  name: string;
  /** Markdown: bounds or choices; empty where any text will do. */
  values: string;
  /** Markdown; empty where there is no default. */
  default: string;
  description: string;
}

/** The variables in the order of the schema, for the generated docs. */
export function describeVariables(): VariableDoc[] {
  return Object.entries(configSchema.shape).map(([name, schema]) => {
    const shown = z.object({ shown: z.string() }).safeParse(z.globalRegistry.get(schema) ?? {});
    const fallback = schema.safeParse(undefined);
    const isPlain = fallback.success && fallback.data !== undefined;
    const plain = isPlain ? `\`${JSON.stringify(fallback.data).replaceAll('"', "")}\`` : "";
    return {
      name,
      values: shownValues(schema),
      default: shown.success ? shown.data.shown : plain,
      description: schema.description ?? "",
    };
  });
}

const boundsSchema = z.object({ minimum: z.number(), maximum: z.number() });
const choicesSchema = z.union([
  z.object({ enum: z.array(z.string()) }).transform((form) => form.enum),
  z.object({ type: z.literal("boolean") }).transform(() => ["true", "false"]),
]);

function shownValues(schema: z.ZodType): string {
  const form = z.toJSONSchema(schema, { unrepresentable: "any" });
  const bounds = boundsSchema.safeParse(form).data;
  const choices = choicesSchema.safeParse(form).data ?? [];
  if (bounds) return `${bounds.minimum}–${bounds.maximum}`;
  return choices.map((choice) => `\`${choice}\``).join(", ");
}
