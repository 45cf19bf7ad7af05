/**
 * Transposed convolutions whose kernel is as large as their stride, as in the head of DB detection
 * models: each point gives a block of points and no two blocks meet. That is a convolution of single
 * points, followed by one move of channels into space (sub-pixel convolution). The move can wait
 * until the end of the graph, so that all on the way works on the small map. Source: Shi et al.,
 * "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
 * Neural Network" (CVPR 2016).
 */
import { pointwiseOf, withWeights } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import { type Node, intOf, intsOf, makeNode, textOf } from "./node.ts";

const MOVE = "DepthToSpace";
/** Weights of a convolution that does for a whole block what another one does for a point. */
const MOST_WEIGHTS = 16_384;

export function moveSpaceToEnd(graph: Graph): void {
  for (const node of graph.nodes) spellTransposed(graph, node);
  for (const node of graph.nodes) {
    if (node.op !== MOVE || node.domain !== "") continue;
    for (let move: Node | undefined = node; move;) move = delay(graph, move);
  }
}

function spellTransposed(graph: Graph, node: Node): void {
  if (node.op !== "ConvTranspose" || node.domain !== "") return;
  const dims = graph.constant(node.inputs[1])?.dims ?? [];
  const weights = graph.floats(node.inputs[1]);
  const [inputs = 0, outputs = 0, size = 0] = dims;
  if (!weights || dims.length !== 4 || dims[3] !== size || !isBlockwise(node, size)) return;
  const bias = (node.inputs[2] ?? "") === "" ? undefined : graph.floats(node.inputs[2]);
  if ((node.inputs[2] ?? "") !== "" && !bias) return;
  const phases = size * size;
  const spread = new Float32Array(weights.length);
  for (let i = 0, from = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      for (let phase = 0; phase < phases; phase++, from++) {
        spread[(phase * outputs + o) * inputs + i] = weights[from] ?? 0;
      }
    }
  }
  const ends = [node.inputs[0] ?? "", graph.addFloats([phases * outputs, inputs, 1, 1], spread)];
  if (bias) ends.push(graph.addFloats([phases * outputs], repeat(bias, phases)));
  const small = graph.newName();
  const conv = makeNode("Conv", ends, [small], { kernel_shape: { ints: [1, 1] } });
  graph.replace([node], [conv, makeMove(small, node.outputs, size)]);
}

function isBlockwise(node: Node, size: number): boolean {
  const all = (name: string, wanted: number): boolean =>
    (intsOf(node, name) ?? []).every((value) => value === wanted);
  return (
    intsOf(node, "strides")?.length === 2 &&
    all("strides", size) &&
    all("pads", 0) &&
    all("dilations", 1) &&
    all("output_padding", 0) &&
    !node.attributes.has("output_shape") &&
    (textOf(node, "auto_pad") ?? "NOTSET") === "NOTSET" &&
    (intOf(node, "group") ?? 1) === 1
  );
}

/** Channels hold, block by block, row by row of a block, what goes to its places ("DCR"). */
function makeMove(input: string, outputs: readonly string[], size: number): Node {
  return makeNode(MOVE, [input], outputs, { blocksize: { int: size } });
}

/** Exchanges the move and the one node after it. @returns the move where it is now, if it moved. */
function delay(graph: Graph, move: Node): Node | undefined {
  const size = intOf(move, "blocksize") ?? 0;
  const [from = ""] = move.inputs;
  const [value = ""] = move.outputs;
  const next = graph.soleConsumerOf(value);
  if (!next || next.domain !== "" || (textOf(move, "mode") ?? "DCR") !== "DCR") return undefined;
  if (next.op === MOVE) return merge(graph, move, next);
  const earlier = onBlocks(graph, next, value, from, size * size);
  if (!earlier) return undefined;
  const later = makeMove(earlier.outputs[0] ?? "", next.outputs, size);
  graph.replace([move, next], [earlier, later]);
  return later;
}

/** The node that does the same before the move. */
function onBlocks(
  graph: Graph,
  node: Node,
  value: string,
  from: string,
  phases: number,
): Node | undefined {
  const outputs = [graph.newName()];
  switch (node.op) {
    case "Relu":
    case "Sigmoid":
      return { ...node, inputs: [from], outputs };
    case "Add":
    case "Mul": {
      const operand = node.inputs.find((input) => input !== value) ?? "";
      const isOne = graph.scalar(operand) !== undefined;
      const repeated = isOne ? operand : repeatedConstant(graph, operand, 4, phases);
      return repeated === undefined ? undefined : { ...node, inputs: [from, repeated], outputs };
    }
    case "BatchNormalization": {
      const [, ...names] = node.inputs;
      const repeated = names.flatMap((name) => repeatedConstant(graph, name, 1, phases) ?? []);
      const isWhole = repeated.length === 4 && node.outputs.length === 1;
      return isWhole ? { ...node, inputs: [from, ...repeated], outputs } : undefined;
    }
    case "Conv":
      return convOnBlocks(graph, node, from, outputs, phases);
    default:
      return undefined;
  }
}

/** A constant of so many dimensions with one number a channel, again for each place of a block. */
function repeatedConstant(
  graph: Graph,
  name: string,
  rank: 1 | 4,
  phases: number,
): string | undefined {
  const floats = graph.floats(name);
  const dims = graph.constant(name)?.dims ?? [];
  const channels = rank === 1 ? dims[0] : dims[1];
  if (!floats || dims.length !== rank || channels !== floats.length) return undefined;
  const length = channels * phases;
  return graph.addFloats(rank === 1 ? [length] : [1, length, 1, 1], repeat(floats, phases));
}

function convOnBlocks(
  graph: Graph,
  node: Node,
  from: string,
  outputs: readonly string[],
  phases: number,
): Node | undefined {
  const conv = pointwiseOf(graph, node);
  if (!conv) return undefined;
  const [rows, columns] = conv.dims;
  if (rows * columns * phases * phases > MOST_WEIGHTS) return undefined;
  const weights = new Float32Array(rows * columns * phases * phases);
  for (let phase = 0; phase < phases; phase++) {
    for (let row = 0; row < rows; row++) {
      const at = ((phase * rows + row) * phases + phase) * columns;
      weights.set(conv.weights.subarray(row * columns, (row + 1) * columns), at);
    }
  }
  const tensor = graph.addFloats([rows * phases, columns * phases, 1, 1], weights);
  const bias = graph.addFloats([rows * phases], repeat(conv.bias, phases));
  return { ...node, inputs: [from, tensor, bias], outputs };
}

/** Two moves in a row are one, if the convolution before them gives its channels in its order. */
function merge(graph: Graph, first: Node, second: Node): Node | undefined {
  const [value = ""] = first.inputs;
  const node = graph.soleConsumerOf(value) && graph.producerOf(value);
  const conv = pointwiseOf(graph, node);
  if (!node || !conv) return undefined;
  const outer = intOf(first, "blocksize") ?? 0;
  const inner = intOf(second, "blocksize") ?? 0;
  const size = outer * inner;
  const channels = conv.dims[0] / (size * size);
  const columns = conv.dims[1];
  const weights = new Float32Array(conv.weights.length);
  const bias = new Float32Array(conv.dims[0]);
  for (let from = 0; from < conv.dims[0]; from++) {
    const channel = from % channels;
    const inBlock = Math.floor(from / channels) % (inner * inner);
    const block = Math.floor(from / channels / (inner * inner));
    const y = Math.floor(block / outer) * inner + Math.floor(inBlock / inner);
    const x = (block % outer) * inner + (inBlock % inner);
    const to = (y * size + x) * channels + channel;
    weights.set(conv.weights.subarray(from * columns, (from + 1) * columns), to * columns);
    bias[to] = conv.bias[from] ?? 0;
  }
  const move = makeMove(value, second.outputs, size);
  const ordered = withWeights(graph, node, { dims: conv.dims, weights, bias });
  graph.replace([node, first, second], [ordered, move]);
  return move;
}

function repeat(values: Float32Array, times: number): Float32Array {
  return Float32Array.from(
    { length: values.length * times },
    (_, i) => values[i % values.length] ?? 0,
  );
}
