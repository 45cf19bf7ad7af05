/** The compose file: what it starts is closed up, and fits the image and the settings. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import packageJson from "../package.json" with { type: "json" };
import { describeVariables } from "../src/server/config.ts";

const root = join(import.meta.dir, "..");
const serviceSchema = z.looseObject({
  image: z.string(),
  profiles: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  security_opt: z.array(z.string()),
  cap_drop: z.array(z.string()),
  healthcheck: z.unknown().optional(),
});
const text = await Bun.file(join(root, "docker-compose.yml")).text();
const { services, volumes } = z
  .looseObject({
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(text, { merge: true }));

test("starts the server, Prometheus and Grafana, and engines on demand alone", () => {
  const byDefault = Object.keys(services).filter((name) => !services[name]?.profiles);
  expect(byDefault).toEqual(["app", "prometheus", "grafana"]);
  expect(services["app"]?.image).toBe(`my-ocr:${packageJson.version}`);
});

test("needs no .env: every variable has a default", () => {
  expect(text.match(/\$\{[A-Z_]+(?!:-|[A-Z_])[^}]*\}/g)).toBeNull();
  expect(text).toContain("${AUTH_ENABLED:-false}");
});

test("pins its images, and publishes to this machine alone", () => {
  for (const { image, ports, security_opt, cap_drop } of Object.values(services)) {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
    expect(ports.every((port) => /^(?:127\.0\.0\.1|\$\{BIND:-127\.0\.0\.1\}):/.test(port))).toBe(
      true,
    );
    expect(security_opt).toContain("no-new-privileges:true");
    expect(cap_drop).toEqual(["ALL"]);
  }
});

test("mounts what is there", () => {
  for (const mount of Object.values(services).flatMap((service) => service.volumes)) {
    const [source = ""] = mount.split(":");
    const isThere = source.startsWith("./") ? existsSync(join(root, source)) : source in volumes;
    expect([mount, isThere]).toEqual([mount, true]);
  }
});

test("sets what the server knows, on the volume that the image has", async () => {
  const known = new Set(describeVariables().map(({ name }) => name));
  const app = services["app"];
  expect(Object.keys(app?.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
  const dockerfile = await Bun.file(join(root, "docker/Dockerfile")).text();
  const [, volume = ""] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? [];
  expect(app?.volumes).toEqual([`data:${volume}`]);
  expect(dockerfile).toContain(`DATA_DIR=${volume}`);
  expect(dockerfile).toContain(`ARG VERSION=${packageJson.version}`);
});

test("each is healthy or not, which the others wait for", async () => {
  const dockerfile = await Bun.file(join(root, "docker/Dockerfile")).text();
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  for (const [name, { healthcheck }] of Object.entries(services)) {
    if (name !== "app") expect(healthcheck).toBeDefined();
  }
});
