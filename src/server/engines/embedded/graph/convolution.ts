/** Convolutions over two dimensions with constant weights. */
import type { Graph } from "./graph.ts";
import { type Node, intOf, intsOf, textOf } from "./node.ts";

export interface Convolution {
  /** Output channels × input channels of a group × height × width. */
  dims: readonly [number, number, number, number];
  weights: Float32Array;
  /** One an output channel. */
  bias: Float32Array;
  groups: number;
  /** Does it see zeros around the map? */
  isPadded: boolean;
}

export function convolutionOf(graph: Graph, node: Node | undefined): Convolution | undefined {
  if (node?.op !== "Conv" || node.domain !== "") return undefined;
  const [outputs, inputs, height, width, ...others] = graph.constant(node.inputs[1])?.dims ?? [];
  const weights = graph.floats(node.inputs[1]);
  if (!weights || outputs === undefined || inputs === undefined) return undefined;
  if (height === undefined || width === undefined || others.length > 0) return undefined;
  const hasBias = (node.inputs[2] ?? "") !== "";
  const bias = hasBias ? graph.floats(node.inputs[2]) : new Float32Array(outputs);
  if (bias?.length !== outputs) return undefined;
  return {
    dims: [outputs, inputs, height, width],
    weights,
    bias,
    groups: intOf(node, "group") ?? 1,
    isPadded:
      (intsOf(node, "pads") ?? []).some((pad) => pad > 0) ||
      !["NOTSET", "VALID"].includes(textOf(node, "auto_pad") ?? "NOTSET"),
  };
}

/** The convolution's node with other weights of the same shape. */
export function withWeights(
  graph: Graph,
  node: Node,
  { dims, weights, bias }: Pick<Convolution, "dims" | "weights" | "bias">,
): Node {
  const constants = [graph.addFloats(dims, weights), graph.addFloats([dims[0]], bias)];
  return { ...node, inputs: [node.inputs[0] ?? "", ...constants] };
}

/** A convolution of each point by itself, that keeps the size of the map. */
export function pointwiseOf(graph: Graph, node: Node | undefined): Convolution | undefined {
  const conv = convolutionOf(graph, node);
  if (!node || !conv || conv.groups !== 1 || conv.isPadded) return undefined;
  const isStrided = (intsOf(node, "strides") ?? []).some((stride) => stride !== 1);
  return conv.dims[2] * conv.dims[3] === 1 && !isStrided ? conv : undefined;
}
