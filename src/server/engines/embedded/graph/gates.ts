/**
 * Gates over channels ("squeeze and excitation"): each channel of a map is multiplied by a number
 * that depends on the means of all of them. Where the map comes from a narrower one by a convolution
 * of single points, its weights can be multiplied instead, and so can those of a convolution after
 * it: the wide map need not be made at all. Source: Hu et al., "Squeeze-and-Excitation Networks"
 * (CVPR 2018).
 *
 * The weights then depend on the picture, so this is for one picture at a time.
 */
import { channelsOf } from "./channels.ts";
import { type Convolution, convolutionOf, pointwiseOf } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import { type Node, makeNode } from "./node.ts";
import { integerTensor } from "./tensor.ts";

interface Gate {
  /** The map before it. */
  map: string;
  /** One number a channel. */
  factors: string;
  /** From the map to its means. */
  mean: Node;
  /** The product, and the sum of map and product if there is one. */
  nodes: readonly Node[];
  output: string;
}

export function foldGates(graph: Graph): void {
  for (const node of graph.nodes) {
    const gate = gateOf(graph, node);
    if (!gate) continue;
    const source = graph.producerOf(gate.map);
    const conv = widening(graph, gate);
    if (conv && source) widen(graph, gate, source, conv);
    else if (gate.nodes.length > 1) multiplyOnce(graph, gate);
  }
}

/** Is the value a gated map that was made from one with half its channels or fewer? */
export function isWidened(graph: Graph, value: string): boolean {
  const end = graph.producerOf(value);
  const products = [end, ...(end?.inputs ?? []).map((input) => graph.producerOf(input))];
  return products.some((node) => {
    const gate = node && gateOf(graph, node);
    return gate?.output === value && widening(graph, gate) !== undefined;
  });
}

function widening(graph: Graph, { map, factors }: Gate): Convolution | undefined {
  const conv = pointwiseOf(graph, graph.producerOf(map));
  if (!conv || 2 * conv.dims[1] > conv.dims[0]) return undefined;
  return channelsOf(graph, factors) === conv.dims[0] ? conv : undefined;
}

function gateOf(graph: Graph, node: Node): Gate | undefined {
  if (node.op !== "Mul" || node.domain !== "") return undefined;
  const [output = ""] = node.outputs;
  for (const [map = "", factors = ""] of [node.inputs, node.inputs.toReversed()]) {
    const mean = meanBehind(graph, factors);
    if (!mean || mean.inputs[0] !== map) continue;
    const users = new Set(graph.consumersOf(map)).difference(new Set([node, mean]));
    const [sum, ...others] = users;
    if (graph.outputs.has(map) || others.length > 0) return undefined;
    if (!sum) return { map, factors, mean, nodes: [node], output };
    const isSum = sum.op === "Add" && sum.domain === "" && sum.inputs.includes(output);
    if (!isSum || graph.soleConsumerOf(output) !== sum) return undefined;
    return { map, factors, mean, nodes: [node, sum], output: sum.outputs[0] ?? "" };
  }
  return undefined;
}

/** The node that takes the means from which a gate's factors come, and nothing else does. */
function meanBehind(graph: Graph, factors: string): Node | undefined {
  let value = factors;
  for (;;) {
    const node = graph.producerOf(value);
    if (!node || node.domain !== "" || !graph.soleConsumerOf(value)) return undefined;
    if (node.op === "GlobalAveragePool") return node;
    const isGate = ["Relu", "HardSigmoid", "Sigmoid"].includes(node.op) || pointwiseOf(graph, node);
    if (!isGate) return undefined;
    value = node.inputs[0] ?? "";
  }
}

/** x + x · f as x · (f + 1). */
function multiplyOnce(graph: Graph, gate: Gate): void {
  const factors = raised(graph, gate);
  graph.replace(gate.nodes, [makeNode("Mul", [gate.map, factors], [gate.output])]);
}

/** The factors by which a gate multiplies in all. */
function raised(graph: Graph, { factors, nodes }: Gate): string {
  if (nodes.length === 1) return factors;
  const sum = graph.newName();
  graph.add(makeNode("Add", [factors, graph.addFloats([1], Float32Array.of(1))], [sum]));
  return sum;
}

/** The gate's factors go into the weights of the convolution that widens the map before it. */
function widen(graph: Graph, gate: Gate, source: Node, conv: Convolution): void {
  const { dims } = conv;
  const [narrow = "", weights = "", bias = ""] = source.inputs;
  const small = graph.newName();
  const means = [small, ...source.inputs.slice(1)];
  graph.replace(
    [...gate.nodes, gate.mean, source],
    [
      makeNode("GlobalAveragePool", [narrow], [small]),
      // A name stands for one node.
      { ...source, inputs: means, outputs: gate.mean.outputs, rest: [] },
    ],
  );
  const factors = raised(graph, gate);
  const scaled = product(graph, weights, reshaped(graph, factors, [dims[0], 1, 1, 1]));
  const inputs = [narrow, scaled];
  if (bias !== "") inputs.push(product(graph, bias, reshaped(graph, factors, [dims[0]])));
  graph.add({ ...source, inputs, outputs: [gate.output] });
  if (bias === "") mergeNext(graph, gate.output, narrow, scaled, dims[1]);
}

/** With a convolution of the wide map alone after it, both are one convolution of the narrow map. */
function mergeNext(
  graph: Graph,
  wide: string,
  narrow: string,
  weights: string,
  inputs: number,
): void {
  const next = graph.soleConsumerOf(wide);
  const source = graph.producerOf(wide);
  const conv = convolutionOf(graph, next);
  if (!next || !source || conv?.groups !== 1 || next.inputs[0] !== wide) return;
  const [outputs, channels, height, width] = conv.dims;
  const area = height * width;
  const rows = new Float32Array(conv.weights.length);
  for (let o = 0, from = 0; o < outputs; o++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < area; tap++, from++) {
        rows[(o * area + tap) * channels + channel] = conv.weights[from] ?? 0;
      }
    }
  }
  const taps = graph.addFloats([outputs * area, channels], rows);
  const columns = reshaped(graph, weights, [channels, inputs]);
  const [merged, moved] = [graph.newName(), graph.newName()];
  graph.add(makeNode("MatMul", [taps, columns], [merged]));
  const byTap = reshaped(graph, merged, [outputs, height, width, inputs]);
  graph.add(makeNode("Transpose", [byTap], [moved], { perm: { ints: [0, 3, 1, 2] } }));
  graph.replace([source, next], [{ ...next, inputs: [narrow, moved, ...next.inputs.slice(2)] }]);
}

function product(graph: Graph, a: string, b: string): string {
  const output = graph.newName();
  graph.add(makeNode("Mul", [a, b], [output]));
  return output;
}

function reshaped(graph: Graph, value: string, shape: readonly number[]): string {
  const output = graph.newName();
  const dims = graph.newName();
  graph.setConstant(dims, integerTensor(shape));
  graph.add(makeNode("Reshape", [value, dims], [output]));
  return output;
}
