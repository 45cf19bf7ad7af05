/** docker/Dockerfile, and how it is read. What comes of its steps is what `docker:check` looks at. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { root } from "../terminal.ts";
import { execForm, expand, readDockerfile } from "./dockerfile.ts";

const text = await Bun.file(join(root, "docker/Dockerfile")).text();
const stages = readDockerfile(text, new Map());
const final = (keyword: string): string[] =>
  (stages.at(-1)?.steps ?? []).filter((step) => step.keyword === keyword).map((step) => step.text);

test("the image has exact bases, and the Bun of package.json", () => {
  for (const { base } of stages) expect(base).toMatch(/^[a-z]+:\d+\.\d+[\w.]*-[\w-]*slim$/);
  const buns = [...text.matchAll(/\bbun@(\S+)/g)].map(([, version]) => version);
  expect(buns).toEqual([packageJson.dependencies.bun]);
});

test("the image runs as somebody, keeps one volume and says how healthy it is", () => {
  expect(final("USER")).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  expect(final("VOLUME")).toEqual(["/data"]);
  expect(final("HEALTHCHECK")).toHaveLength(1);
  expect(execForm(final("CMD")[0] ?? "")).toEqual(["bun", "src/server/main.ts"]);
});

test("flags, continuations, quotes and variables are read as Docker reads them", () => {
  const file = `
ARG TAG=1.2
FROM base:\${TAG} AS one
COPY --from=two --chown=1:2 a b/ ./
# A comment.
RUN --mount=type=cache,target=/cache first \\
  && second "$TAG"
ENV A="x y" B=$TAG`;
  const [stage] = readDockerfile(file, new Map());
  expect(stage).toMatchObject({ name: "one", base: "base:1.2" });
  expect(stage?.steps.map((step) => [step.keyword, step.text.replaceAll(/\s+/g, " ")])).toEqual([
    ["COPY", "a b/ ./"],
    ["RUN", 'first && second "$TAG"'],
    ["ENV", 'A="x y" B=$TAG'],
  ]);
  const [copy, run, env] = stage?.steps ?? [];
  expect(copy?.flags).toEqual(
    new Map([
      ["from", "two"],
      ["chown", "1:2"],
    ]),
  );
  expect(run?.flags.get("mount")).toBe("type=cache,target=/cache");
  expect(env?.properties.get("A")).toBe("x y");
  expect(
    expand(
      "$A-${B}-$C",
      new Map([
        ["A", "1"],
        ["B", "2"],
      ]),
    ),
  ).toBe("1-2-");
});

test("the shell form of CMD is refused: no signal would arrive", () => {
  expect(() => execForm("bun src/server/main.ts")).toThrow();
});
