/**
 * Convolutions of maps that were enlarged by repeating points, as in the feature pyramids of
 * detection models. Of a 3 × 3 window over points that repeat, at most 2 × 2 differ: four small
 * convolutions before the enlargement, one for each place in a block of 2 × 2 points, give the same
 * with fewer than half the multiplications. A convolution is linear, so what it does to a sum, or to
 * a stack of maps, can be done to each and added up.
 */
import { channelsOf, isMap } from "./channels.ts";
import { type Convolution, convolutionOf } from "./convolution.ts";
import { isWidened } from "./gates.ts";
import type { Graph } from "./graph.ts";
import { type Node, intOf, intsOf, makeNode, textOf } from "./node.ts";

/** How an enlargement repeats points. */
const REPEATING = {
  mode: { text: "nearest" },
  coordinate_transformation_mode: { text: "asymmetric" },
  nearest_mode: { text: "floor" },
};

/** A map that a convolution sees, as it is or twice as large. */
interface Part {
  value: string;
  /** By how much it was enlarged; 1 where it was not. */
  factor: number;
  /** Of the convolution's input channels. */
  firstChannel: number;
  channels: number;
}

export function splitEnlarged(graph: Graph): void {
  // The last ones first, for what they see is still as it was.
  for (const node of graph.nodes.toReversed()) {
    const conv = threeByThree(graph, node);
    const source = conv && graph.producerOf(node.inputs[0] ?? "");
    if (!conv || !source || graph.soleConsumerOf(node.inputs[0] ?? "") !== node) continue;
    const parts = partsOf(graph, source, conv.dims[1]);
    const [whole, ...others] = parts.filter((part) => part.factor === 1);
    const enlarged = parts.filter((part) => part.factor % 2 === 0);
    if (!whole || others.length > 0 || enlarged.length + 1 !== parts.length) continue;
    if (isWorthwhile(graph, whole, enlarged)) split(graph, node, conv, whole, enlarged);
  }
  graph.prune();
}

/** Nine taps of all channels become nine of those of the one map, and four of the others'. */
function isWorthwhile(graph: Graph, whole: Part, enlarged: readonly Part[]): boolean {
  const isStack = enlarged.every((part) => part.firstChannel !== whole.firstChannel);
  const channels = enlarged.reduce((sum, part) => sum + part.channels, 0);
  // Of a sum, the map itself keeps all its channels, unless it is to become a narrow one.
  return isStack ? channels >= whole.channels : isWidened(graph, whole.value);
}

/** A convolution that looks at a point and its eight neighbours. */
function threeByThree(graph: Graph, node: Node): Convolution | undefined {
  const conv = convolutionOf(graph, node);
  if (!conv || conv.groups !== 1 || conv.dims[2] !== 3 || conv.dims[3] !== 3) return undefined;
  const all = (name: string): boolean => (intsOf(node, name) ?? []).every((value) => value === 1);
  const isPadded = all("pads") && intsOf(node, "pads")?.length === 4;
  return isPadded && all("strides") && all("dilations") ? conv : undefined;
}

/** @returns nothing where the map is not put together of others that are known. */
function partsOf(graph: Graph, source: Node, channels: number): Part[] {
  const isStack = source.op === "Concat" && intOf(source, "axis") === 1;
  if (source.domain !== "" || (source.op !== "Add" && !isStack)) return [];
  let firstChannel = 0;
  const parts: Part[] = [];
  for (const input of source.inputs) {
    const { value, factor } = enlargement(graph, input);
    // What is added may also be one number a channel.
    if (!isStack && !isMap(graph, value)) return [];
    const own = isStack ? channelsOf(graph, value) : channels;
    if (own === undefined) return [];
    parts.push({ value, factor, firstChannel, channels: own });
    if (isStack) firstChannel += own;
  }
  return !isStack || firstChannel === channels ? parts : [];
}

function enlargement(graph: Graph, value: string): { value: string; factor: number } {
  const asItIs = { value, factor: 1 };
  const node = graph.producerOf(value);
  if (node?.op !== "Resize" || node.domain !== "" || node.inputs.length !== 3) return asItIs;
  const repeats = Object.entries(REPEATING).every(
    ([name, { text }]) => textOf(node, name) === text,
  );
  const [batch, channel, height, width] = graph.floats(node.inputs[2]) ?? [];
  const isEven = batch === 1 && channel === 1 && height === width && Number.isInteger(width);
  if (!repeats || !isEven || width === undefined) return asItIs;
  return { value: node.inputs[0] ?? "", factor: width };
}

/** One convolution as two, of what was enlarged and of what was not. */
function split(
  graph: Graph,
  node: Node,
  conv: Convolution,
  whole: Part,
  enlarged: readonly Part[],
): void {
  const { dims, bias } = conv;
  const [one, other] = [graph.newName(), graph.newName()];
  const weights = graph.addFloats([dims[0], whole.channels, 3, 3], weightsOf(conv, whole));
  const inputs = [whole.value, weights, graph.addFloats([dims[0]], bias)];
  const sum = makeNode("Add", [one, other], node.outputs);
  graph.replace([node], [{ ...node, inputs, outputs: [one] }, sum]);
  const halves = enlarged.map((part) => half(graph, part));
  let [small = ""] = halves;
  if (halves.length > 1) {
    small = graph.newName();
    graph.add(makeNode("Concat", halves, [small], { axis: { int: 1 } }));
  }
  addPhases(graph, small, conv, enlarged, other);
}

/** The weights for some of the input channels. */
function weightsOf({ dims, weights }: Convolution, { firstChannel, channels }: Part): Float32Array {
  const [outputs, inputs] = dims;
  const some = new Float32Array(outputs * channels * 9);
  for (let o = 0; o < outputs; o++) {
    const from = (o * inputs + firstChannel) * 9;
    some.set(weights.subarray(from, from + channels * 9), o * channels * 9);
  }
  return some;
}

/** The map at half the size that it was enlarged to. */
function half(graph: Graph, { value, factor }: Part): string {
  if (factor === 2) return value;
  const scales = Float32Array.of(1, 1, factor / 2, factor / 2);
  const output = graph.newName();
  const inputs = [value, graph.addFloats([0], new Float32Array()), graph.addFloats([4], scales)];
  graph.add(makeNode("Resize", inputs, [output], REPEATING));
  return output;
}

/** Four convolutions of the small map, and their results put into blocks of 2 × 2 points. */
function addPhases(
  graph: Graph,
  small: string,
  conv: Convolution,
  parts: readonly Part[],
  output: string,
): void {
  const [outputs] = conv.dims;
  const channels = parts.flatMap(({ firstChannel, channels }) =>
    Array.from({ length: channels }, (_, i) => firstChannel + i),
  );
  const phases = [0, 1].flatMap((y) => [0, 1].map((x) => ({ y, x })));
  const names = phases.map(({ y, x }) => {
    const name = graph.newName();
    const weights = phaseWeights(conv, channels, y, x);
    const inputs = [small, graph.addFloats([outputs, channels.length, 2, 2], weights)];
    const pads = { ints: [1 - y, 1 - x, y, x] };
    graph.add(makeNode("Conv", inputs, [name], { kernel_shape: { ints: [2, 2] }, pads }));
    return name;
  });
  const stack = graph.newName();
  graph.add(makeNode("Concat", names, [stack], { axis: { int: 1 } }));
  graph.add(makeNode("DepthToSpace", [stack], [output], { blocksize: { int: 2 } }));
}

/** Neighbours that are one point before the enlargement share the sum of their weights. */
function phaseWeights(
  { dims, weights }: Convolution,
  channels: readonly number[],
  y: number,
  x: number,
): Float32Array {
  const [outputs, inputs] = dims;
  const sums = new Float32Array(outputs * channels.length * 4);
  for (let o = 0, to = 0; o < outputs; o++) {
    for (const channel of channels) {
      for (let tap = 0; tap < 9; tap++) {
        const row = Math.floor((Math.floor(tap / 3) + 1 - y) / 2);
        const column = Math.floor(((tap % 3) + 1 - x) / 2);
        const at = to + 2 * row + column;
        sums[at] = (sums[at] ?? 0) + (weights[(o * inputs + channel) * 9 + tap] ?? 0);
      }
      to += 4;
    }
  }
  return sums;
}
