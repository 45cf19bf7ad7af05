/**
 * Products of eight-bit integers in place of the largest convolutions of single points. A processor
 * with VNNI multiplies four times as many of them as floats. Weights are quantised once, symmetrically
 * and with a scale for each output channel; maps when they come, by their own range, so no range has to
 * be known beforehand. Source: Jacob et al., "Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference" (CVPR 2018).
 *
 * Rounded weights do not only add noise, they shift the mean of what comes out, and that adds up from
 * layer to layer. The shift is taken back with the means of the channels that go in, which
 * `bun scripts/channel-means.ts` measures. Source: Nagel et al., "Data-Free Quantization Through Weight
 * Equalization and Bias Correction" (ICCV 2019).
 */
import { isMap } from "./channels.ts";
import { type Convolution, pointwiseOf } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import { HARD_SWISH } from "./hard-swish.ts";
import { MICROSOFT, type Node, makeNode } from "./node.ts";
import { int8Tensor } from "./tensor.ts";

/** The mean of each channel of a map, by the map's name. */
export type ChannelMeans = Readonly<Record<string, readonly number[]>>;

/** The range of symmetric weights. */
const MOST = 127;
/**
 * Products for each number that is read or written, from which on the gain is more than what the
 * change of layout and the quantising cost. Measured.
 */
const LEAST_GAIN = 60;

interface Layer {
  node: Node;
  conv: Convolution;
  /** The map that it sees. */
  input: string;
}

/** The convolutions for which integers pay. */
export function layersForInt8(graph: Graph): Layer[] {
  return graph.nodes.flatMap((node) => {
    const conv = pointwiseOf(graph, node);
    const [input = ""] = node.inputs;
    if (!conv || !isMap(graph, input)) return [];
    const [outputs, inputs] = conv.dims;
    const gain = (outputs * inputs) / (outputs + inputs);
    return gain < LEAST_GAIN ? [] : [{ node, conv, input }];
  });
}

/** Only layers whose means are known are changed. */
export function useInt8(graph: Graph, means: ChannelMeans): void {
  for (const { node, conv, input } of layersForInt8(graph)) {
    const known = means[input];
    if (known?.length === conv.dims[1]) exchange(graph, node, conv, known);
  }
}

/** ONNX Runtime's integers want channels last; its convolutions of floats want them in blocks. */
function exchange(graph: Graph, node: Node, conv: Convolution, means: readonly number[]): void {
  const [input = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const [channels, columns] = conv.dims;
  const { weights, scales, bias } = quantise(conv, means);
  const name = graph.newName();
  graph.setConstant(name, int8Tensor([columns, channels], weights));
  const constants = [
    name,
    graph.addFloats([channels], scales),
    "",
    graph.addFloats([channels], bias),
  ];
  const [last, product] = [graph.newName(), graph.newName()];
  const isActivated = hasActivation(graph, output);
  const moved = isActivated ? graph.newName() : output;
  graph.replace(
    [node],
    [
      makeNode("Transpose", [input], [last], { perm: { ints: [0, 2, 3, 1] } }),
      makeNode("DynamicQuantizeMatMul", [last, ...constants], [product], {}, MICROSOFT),
      makeNode("Transpose", [product], [moved], { perm: { ints: [0, 3, 1, 2] } }),
    ],
  );
  if (isActivated) graph.add(identity(graph, moved, output, channels));
}

/** Whether ONNX Runtime can do all that happens to a map inside of the convolution that gives it. */
function hasActivation(graph: Graph, map: string): boolean {
  const next = graph.soleConsumerOf(map);
  return next !== undefined && next.domain === "" && [HARD_SWISH, "Relu"].includes(next.op);
}

/** A convolution that changes nothing, for the activation to be done in: half the time of two nodes. */
function identity(graph: Graph, input: string, output: string, channels: number): Node {
  const ones = graph.addFloats([channels, 1, 1, 1], new Float32Array(channels).fill(1));
  const attributes = { group: { int: channels }, kernel_shape: { ints: [1, 1] } };
  return makeNode("Conv", [input, ones], [output], attributes);
}

interface Quantised {
  /** Input channels × output channels. */
  weights: Int8Array;
  /** One an output channel, and so is `bias`. */
  scales: Float32Array;
  bias: Float32Array;
}

function quantise({ dims, weights, bias }: Convolution, means: readonly number[]): Quantised {
  const [outputs, inputs] = dims;
  const rounded = new Int8Array(weights.length);
  const scales = new Float32Array(outputs);
  const corrected = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    const row = weights.subarray(o * inputs, (o + 1) * inputs);
    const largest = row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    const scale = Math.fround(largest / MOST) || 1;
    let shift = 0;
    for (let i = 0; i < inputs; i++) {
      const weight = row[i] ?? 0;
      const level = Math.round(weight / scale);
      rounded[i * outputs + o] = level;
      shift += (level * scale - weight) * (means[i] ?? 0);
    }
    scales[o] = scale;
    corrected[o] = (bias[o] ?? 0) - shift;
  }
  return { weights: rounded, scales, bias: corrected };
}
