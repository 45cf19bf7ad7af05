/**
 * Moves affine maps into the convolutions around them. Alone, each of their nodes reads and writes
 * the whole feature map, and has ONNX Runtime leave the blocked layout of its fast convolutions.
 */
import { type Chain, at, chainFrom } from "./affine.ts";
import { channelsOf } from "./channels.ts";
import { convolutionOf } from "./convolution.ts";
import { Folds } from "./folds.ts";
import type { Graph } from "./graph.ts";
import { type Node, intOf, makeNode } from "./node.ts";

/** Channels in a block of that layout, on the widest processors. */
const BLOCK = 16;

export function foldAffine(graph: Graph): void {
  const folds = new Folds(graph);
  for (const node of graph.nodes) {
    const chain = graph.has(node) ? chainFrom(graph, node) : undefined;
    if (!chain) continue;
    const conv = graph.soleConsumerOf(chain.input) && graph.producerOf(chain.input);
    if (conv && convolutionOf(graph, conv)) {
      graph.replace(chain.nodes, []);
      folds.append(conv, chain, chain.output);
    } else if (!graph.outputs.has(chain.output)) {
      placeForward(graph, folds, chain);
    }
  }
  folds.apply();
}

function placeForward(graph: Graph, folds: Folds, chain: Chain): void {
  const consumers = graph.consumersOf(chain.output);
  const [only] = consumers;
  const canAllFold = consumers.every((node) => canTakeIn(graph, node, chain));
  if (canAllFold) {
    graph.replace(chain.nodes, []);
    for (const conv of consumers) folds.prepend(conv, chain, chain.input);
  } else if (consumers.length === 1 && only && isMean(only)) {
    passMean(graph, folds, chain, only);
  } else {
    gather(graph, chain);
  }
}

/** The zeros around a map are zeros after the affine map, not before it. */
function canTakeIn(graph: Graph, node: Node, { output, bias }: Chain): boolean {
  const conv = node.inputs[0] === output ? convolutionOf(graph, node) : undefined;
  return conv !== undefined && (!conv.isPadded || bias.every((value) => value === 0));
}

/** A mean of what lies on the map, not of zeros around it: an affine map may as well come after. */
function isMean(node: Node): boolean {
  const isPool = node.op === "AveragePool" && node.domain === "";
  return isPool && (intOf(node, "count_include_pad") ?? 0) === 0;
}

function passMean(graph: Graph, folds: Folds, chain: Chain, pool: Node): void {
  const [output = ""] = pool.outputs;
  if (graph.outputs.has(output)) return;
  const mean = graph.newName();
  const link = makeNode("Identity", [mean], [output]);
  const earlier = { ...pool, inputs: [chain.input], outputs: [mean] };
  graph.replace([...chain.nodes, pool], [earlier, link]);
  placeForward(graph, folds, { ...chain, input: mean, output, nodes: [link] });
}

/** One node for the chain: a convolution of each channel by itself, which keeps the layout. */
function gather(graph: Graph, chain: Chain): void {
  const channels = channelsOf(graph, chain.input);
  if (channels === undefined || channels % BLOCK !== 0) return;
  const all = (values: readonly number[]): Float32Array =>
    Float32Array.from({ length: channels }, (_, c) => at(values, c));
  const scale = graph.addFloats([channels, 1, 1, 1], all(chain.scale));
  const bias = graph.addFloats([channels], all(chain.bias));
  const attributes = { group: { int: channels }, kernel_shape: { ints: [1, 1] } };
  const inputs = [chain.input, scale, bias];
  graph.replace(chain.nodes, [makeNode("Conv", inputs, [chain.output], attributes)]);
}
