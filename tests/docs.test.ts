/** Holds the documents to the code and to each other. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeVariables } from "../src/server/config.ts";
import { createMetrics } from "../src/server/metrics/registry.ts";
import { apiErrors } from "../src/shared/api-errors.ts";
import { documents, readDocument as read } from "./fixtures/documents.ts";
import { spawned } from "./fixtures/installed-package.ts";
import { typesOf } from "./fixtures/scrape.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import packageJson from "../package.json" with { type: "json" };

const root = join(import.meta.dir, "..");

/** Code is no prose: what looks like a link or a heading in it is none. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "");
}

/** Targets of `[text](target)` and of `src`, `srcset` and `href`. */
function linksOf(markdown: string): string[] {
  const found = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g);
  return [...found].map(([, target, attribute]) => target ?? attribute ?? "");
}

/** The anchors that GitHub makes of headings. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ +(.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

/** Why a link of a document leads nowhere; undefined where it leads somewhere. */
async function brokenLink(document: string, link: string): Promise<string | undefined> {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return `${document}: ${link} does not exist`;
  if (anchor === undefined) return undefined;
  const isThere = anchorsOf(await read(target)).includes(anchor);
  return isThere ? undefined : `${document}: ${link} has no such heading`;
}

test("there are documents", () => {
  expect(documents).toContain("README.md");
  expect(documents).toContain("docs/errors.md");
});

test("docs/errors.md lists every code with its status, and no other", async () => {
  const rows = (await read("docs/errors.md")).matchAll(/^\| +`(\w+)` +\| +(\d+) +\|/gm);
  const listed = [...rows].map(([, code, status]) => `${code} ${status}`);
  const known = Object.entries(apiErrors).map(([code, { status }]) => `${code} ${status}`);
  expect(listed.toSorted()).toEqual(known.toSorted());
});

test("docs/metrics.md lists every metric with its type, and no other", async () => {
  using metrics = createMetrics();
  metrics.watchUsers(() => 0);
  metrics.watchStorage({ directory: ".", database: ":memory:" });
  const known = typesOf((await metrics.render()).text);
  const rows = (await read("docs/metrics.md")).matchAll(/^\| +`(\w+)` +\| +(\w+) +\|/gm);
  const listed = [...rows].map(([, name, type]) => `${name} ${type}`);
  expect(listed.toSorted()).toEqual([...known].map((one) => one.join(" ")).toSorted());
});

test("docs/troubleshooting.md names every error code", async () => {
  const text = await read("docs/troubleshooting.md");
  const known = Object.keys(apiErrors);
  expect(known.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

test("every alert leads to its part of a document", async () => {
  const rules = await Bun.file(join(root, "docker/prometheus/rules/my-ocr.yml")).text();
  const alerts = [...rules.matchAll(/^ +- alert: /gm)];
  const links = [...rules.matchAll(/runbook_url: (\S+)$/gm)].map(([, link = ""]) => link);
  expect(links).toHaveLength(alerts.length);
  const problems = await Promise.all(links.map(async (link) => await brokenLink(".", link)));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

describe("settings", () => {
  const variables = new Map(describeVariables().map((one) => [one.name, one]));
  const prefixes = [...new Set([...variables.keys()].map((name) => name.split("_")[0]))];
  /** Not the server's: of tests and of what they are told. */
  const others = new Set(["OCR_DATA", "ACCESS_TOKEN"]);

  test.each(documents)("that %s names exist", async (document) => {
    const named = (await read(document)).matchAll(
      new RegExp(`(?<![\\w-])(?:${prefixes.join("|")})_[A-Z_]+(?![\\w])`, "g"),
    );
    const unknown = [...named].map(([name]) => name).filter((name) => !variables.has(name));
    expect(unknown.filter((name) => !others.has(name))).toEqual([]);
  });

  test("that docs/engines.md gives are such as the server takes", async () => {
    using folder = temporaryFolder();
    const fences = (await read("docs/engines.md")).matchAll(/^```sh\n(LLM_BASE_URL=.*?)^```$/gms);
    const blocks = [...fences].map(([, block = ""]) => block);
    expect(blocks.length).toBeGreaterThan(4);
    const program = `import { parseConfig } from "${join(root, "src/server/config.ts")}";
      const { LLM_BASE_URL, LLM_PROMPT, LLM_EXTRA_BODY } = parseConfig(process.env);
      console.log(JSON.stringify([LLM_BASE_URL, LLM_PROMPT.includes('"'), typeof LLM_EXTRA_BODY]));`;
    for (const block of blocks) {
      const file = join(folder.path, ".env");
      await Bun.write(file, block);
      const command = [process.execPath, `--env-file=${file}`, "-e", program];
      const url = /^LLM_BASE_URL=(.*)$/m.exec(block)?.[1];
      expect(JSON.parse(await spawned(command, folder.path))).toEqual([url, false, "object"]);
    }
  });

  test("have the defaults that docs/security.md tells", async () => {
    const rows = (await read("docs/security.md")).matchAll(/^\|[^|]+\| +`(\w+)` +\| +(\d+)\b/gm);
    const told = [...rows].map(([, name = "", value = ""]) => [name, `\`${value}\``]);
    expect(told.length).toBeGreaterThan(5);
    expect(told.map(([name = ""]) => [name, variables.get(name)?.default])).toEqual(told);
  });
});

test("docs/README.md leads to every document of its folder", async () => {
  const links = linksOf(await read("docs/README.md"));
  const own = documents
    .filter((name) => /^docs\/[^/]+\.md$/.test(name) && name !== "docs/README.md")
    .map((name) => name.slice("docs/".length));
  expect(own.filter((name) => !links.includes(name))).toEqual([]);
});

test("CHANGELOG.md keeps to the form of Keep a Changelog, and knows the version", async () => {
  const headings = (await read("CHANGELOG.md")).matchAll(/^(#{2,3}) (.+)$/gm);
  const found = [...headings].map(([, level, title = ""]) => ({ level, title }));
  const releases = found.filter(({ level }) => level === "##").map(({ title }) => title);
  const sections = found.filter(({ level }) => level === "###").map(({ title }) => title);
  expect(releases[0]).toBe("[Unreleased]");
  for (const release of releases.slice(1)) {
    expect(release).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  }
  const kinds = new Set(["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]);
  expect(sections.filter((section) => !kinds.has(section))).toEqual([]);
  const [latest] = releases.slice(1);
  if (latest !== undefined) expect(latest).toStartWith(`[${packageJson.version}]`);
});

test.each(documents)("%s has no link that leads nowhere", async (document) => {
  const links = linksOf(await read(document)).filter((link) => !/^[a-z]+:/.test(link));
  const problems = await Promise.all(links.map(async (link) => await brokenLink(document, link)));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

describe("documents speak of the project alone", () => {
  /** Where readers are sent, and hosts of examples. Every other host has to be meant, and added. */
  const hosts = new Set([
    "localhost",
    "127.0.0.1",
    "api.openai.com",
    // Of the compose file.
    "engine",
    "ollama",
    "github.com",
    "keepachangelog.com",
    "semver.org",
    "www.rfc-editor.org",
  ]);

  test.each(documents)("%s names only known hosts, and no package registry", async (document) => {
    const text = await read(document);
    const named = text.matchAll(/\b[a-z]+:\/\/([^\s/:"'`<>)]+)/g);
    const unknown = [...named].map(([, host = ""]) => host).filter((host) => !hosts.has(host));
    expect(unknown).toEqual([]);
    const registries = /\b(?:registry|npm|pypi|mirrors?|packages)\.[a-z0-9-]+\.[a-z]{2,}/gi;
    expect(text.match(registries) ?? []).toEqual([]);
  });

  test.each(documents)("%s names no folder of the machine it was written on", async (document) => {
    const folders = /(?<![\w./-])\/(?:home|root|Users|tmp|work|workspace|builds)\//g;
    expect((await read(document)).match(folders) ?? []).toEqual([]);
  });
});
