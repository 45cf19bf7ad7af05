/** What can be told of the shape of a value from the nodes that it comes from. */
import { convolutionOf } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import { HARD_SWISH } from "./hard-swish.ts";

/** Operators that give the channels of their first input one by one. */
const CHANNELWISE = new Set([
  "AveragePool",
  "BatchNormalization",
  "GlobalAveragePool",
  "HardSigmoid",
  HARD_SWISH,
  "Identity",
  "Relu",
  "Resize",
  "Sigmoid",
]);
const ARITHMETIC = new Set(["Add", "Div", "Mul", "Sub"]);
/** So many sums and products of maps are looked into, one in another. */
const DEEPEST = 6;

/** The channels of a map that comes, maybe by way of simple nodes, from a convolution. */
export function channelsOf(graph: Graph, value: string, depth = DEEPEST): number | undefined {
  for (let name = value; ;) {
    const constant = graph.constant(name);
    if (constant) return constant.dims.at(-3) ?? 1;
    const node = graph.producerOf(name);
    if (!node || node.domain !== "") return undefined;
    if (node.op === "Conv") return convolutionOf(graph, node)?.dims[0];
    const [first = "", second = ""] = node.inputs;
    if (ARITHMETIC.has(node.op) && graph.scalar(first) !== undefined) name = second;
    else if (CHANNELWISE.has(node.op) || graph.scalar(second) !== undefined) name = first;
    else if (!ARITHMETIC.has(node.op) || depth === 0) return undefined;
    else
      return broadcast(channelsOf(graph, first, depth - 1), channelsOf(graph, second, depth - 1));
  }
}

function broadcast(a: number | undefined, b: number | undefined): number | undefined {
  if (a === b || b === 1) return a;
  return a === 1 ? b : undefined;
}

/** Does the value have a point for each point, or block of points, of the picture? */
export function isMap(graph: Graph, value: string): boolean {
  let name = value;
  for (;;) {
    if (graph.inputs.has(name)) return true;
    const node = graph.producerOf(name);
    const keeps = ["Conv", "Relu", HARD_SWISH, "Add", "Mul", "Resize"];
    if (!node || node.domain !== "" || !keeps.includes(node.op)) return false;
    // A map and a number a channel come to a map; the map stands first in what exporters write.
    name = node.inputs[0] ?? "";
  }
}
