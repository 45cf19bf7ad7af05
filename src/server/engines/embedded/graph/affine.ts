/**
 * Multiplications and additions of constants, such as the learnable affine blocks of PP-LCNetV3 and
 * batch normalisation: what they come to, alone and in a row.
 */
import { channelsOf } from "./channels.ts";
import type { Graph } from "./graph.ts";
import { type Node, floatOf, intOf } from "./node.ts";

/** x · scale + bias, with one number a channel or one for all. */
export interface Affine {
  scale: readonly number[];
  bias: readonly number[];
}

/** Nodes in a row, of which each but the last is used by the next one alone. */
export interface Chain extends Affine {
  input: string;
  output: string;
  nodes: readonly Node[];
}

/** A channel's number, of a list with one a channel or one for all. */
export function at(values: readonly number[], channel: number): number {
  return (values.length === 1 ? values[0] : values[channel]) ?? 0;
}

/** One map after another as one. */
export function composed(first: Affine, second: Affine): Affine {
  const length = Math.max(first.scale.length, second.scale.length);
  const channels = Array.from({ length }, (_, channel) => channel);
  const scaled = (values: readonly number[], c: number): number =>
    at(values, c) * at(second.scale, c);
  return {
    scale: channels.map((c) => scaled(first.scale, c)),
    bias: channels.map((c) => scaled(first.bias, c) + at(second.bias, c)),
  };
}

/** The longest chain that starts with a node, if none starts before it and goes on with it. */
export function chainFrom(graph: Graph, node: Node): Chain | undefined {
  let chain = linkOf(graph, node);
  const before = chain && graph.producerOf(chain.input);
  const isInside = before && graph.soleConsumerOf(chain?.input ?? "") && linkOf(graph, before);
  if (isInside) return undefined;
  while (chain) {
    const next = graph.soleConsumerOf(chain.output);
    const link = next && linkOf(graph, next);
    if (!link) break;
    const { input, nodes } = chain;
    chain = { ...link, ...composed(chain, link), input, nodes: [...nodes, ...link.nodes] };
  }
  return chain;
}

function linkOf(graph: Graph, node: Node): Chain | undefined {
  const affine = node.domain === "" ? affineOf(graph, node) : undefined;
  return affine && { ...affine, output: node.outputs[0] ?? "", nodes: [node] };
}

function affineOf(graph: Graph, node: Node): (Affine & { input: string }) | undefined {
  const [first = "", second = ""] = node.inputs;
  switch (node.op) {
    case "Mul":
    case "Add": {
      const isSwapped = graph.constant(first) !== undefined;
      const [input, operand] = isSwapped ? [second, first] : [first, second];
      return arithmetic(graph, node.op, input, operand);
    }
    case "Div":
    case "Sub":
      return arithmetic(graph, node.op, first, second);
    case "BatchNormalization":
      return normalization(graph, node, first);
    default:
      return undefined;
  }
}

function arithmetic(
  graph: Graph,
  op: "Mul" | "Add" | "Div" | "Sub",
  input: string,
  operand: string,
): (Affine & { input: string }) | undefined {
  const values = perChannel(graph, operand, channelsOf(graph, input));
  if (!values) return undefined;
  const ones = values.map(() => 1);
  const zeros = values.map(() => 0);
  switch (op) {
    case "Mul":
      return { input, scale: values, bias: zeros };
    case "Div":
      return { input, scale: values.map((value) => 1 / value), bias: zeros };
    case "Add":
      return { input, scale: ones, bias: values };
    case "Sub":
      return { input, scale: ones, bias: values.map((value) => -value) };
  }
  return op satisfies never;
}

/** A constant that holds one number, or one for each channel of a map. */
function perChannel(
  graph: Graph,
  name: string,
  channels: number | undefined,
): number[] | undefined {
  const dims = graph.constant(name)?.dims;
  const floats = graph.floats(name);
  if (!dims || !floats || channels === undefined || dims.length > 4) return undefined;
  const isPerChannel = dims.at(-3) === channels && floats.length === channels;
  return floats.length === 1 || isPerChannel ? [...floats] : undefined;
}

function normalization(
  graph: Graph,
  node: Node,
  input: string,
): (Affine & { input: string }) | undefined {
  const [, ...names] = node.inputs;
  const [gamma, beta, mean, variance] = names.map((name) => graph.floats(name));
  if (node.outputs.length !== 1 || (intOf(node, "training_mode") ?? 0) !== 0) return undefined;
  if (!gamma || !beta || !mean || !variance) return undefined;
  if (gamma.length !== channelsOf(graph, input)) return undefined;
  const epsilon = floatOf(node, "epsilon") ?? 1e-5;
  const scale = Array.from(gamma, (value, c) => value / Math.sqrt((variance[c] ?? 0) + epsilon));
  const bias = scale.map((value, c) => (beta[c] ?? 0) - value * (mean[c] ?? 0));
  return { input, scale, bias };
}
