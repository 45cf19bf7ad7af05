/** Reads a Dockerfile into stages and steps, so that a check does what the file says and nothing else. */
import {
  Arg,
  DockerfileParser,
  Env,
  type Instruction,
  Label,
  ModifiableInstruction,
} from "dockerfile-ast";
import { z } from "zod";

export interface Step {
  keyword: string;
  /** Without dashes: `from`, `chown`, `chmod`, `mount`, … */
  flags: Map<string, string>;
  /** What follows the flags: one line, continuations joined, variables as they are written. */
  text: string;
  /** Of ENV, LABEL and ARG. */
  properties: Map<string, string | undefined>;
}

export interface Stage {
  /** After `AS`; the last one needs none. */
  name: string | undefined;
  /** The image or stage that it begins with. */
  base: string;
  steps: Step[];
}

/**
 * @param text of a Dockerfile.
 * @param globals arguments that are there before the first stage, such as BUILDPLATFORM.
 * @returns its stages, in order. Variables are replaced in their bases alone.
 */
export function readDockerfile(text: string, globals: ReadonlyMap<string, string>): Stage[] {
  const stages: Stage[] = [];
  const known = new Map(globals);
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = toStep(instruction);
    const stage = stages.at(-1);
    if (step.keyword === "FROM") {
      const [base = "", as, name] = step.text.split(/\s+/);
      if (as !== undefined && as.toUpperCase() !== "AS") throw new Error(`FROM ${step.text}?`);
      stages.push({ name, base: expand(base, known), steps: [] });
    } else if (stage) {
      stage.steps.push(step);
    } else if (step.keyword === "ARG") {
      for (const [name, value] of step.properties) known.set(name, value ?? known.get(name) ?? "");
    } else {
      throw new Error(`${step.keyword} stands before the first FROM.`);
    }
  }
  return stages;
}

/** Replaces `$NAME` and `${NAME}`; what is not known is nothing, as in a shell. */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_match, braced: string | undefined, plain: string | undefined) =>
      variables.get(braced ?? plain ?? "") ?? "",
  );
}

/** The words of the exec form. Throws on the shell form: with it no signal would arrive. */
export function execForm(text: string): string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

function toStep(instruction: Instruction): Step {
  const isModifiable = instruction instanceof ModifiableInstruction;
  const flags = isModifiable ? instruction.getFlags() : [];
  return {
    keyword: instruction.getKeyword(),
    flags: new Map(flags.map((flag) => [flag.getName(), flagValue(flag.toString())])),
    text: (instruction.getArgumentsContent() ?? "").replace(/^(?:--\S+\s+)+/, "").trim(),
    properties: propertiesOf(instruction),
  };
}

/** The parser's own value ends at a comma. */
function flagValue(flag: string): string {
  const equals = flag.indexOf("=");
  return equals < 0 ? "" : flag.slice(equals + 1);
}

function propertiesOf(instruction: Instruction): Step["properties"] {
  const isList = instruction instanceof Env || instruction instanceof Label;
  const one = instruction instanceof Arg ? instruction.getProperty() : null;
  const all = isList ? instruction.getProperties() : one ? [one] : [];
  return new Map(all.map((property) => [property.getName(), property.getValue() ?? undefined]));
}
