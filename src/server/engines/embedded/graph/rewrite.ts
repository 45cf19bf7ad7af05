/**
 * Makes a model faster on ONNX Runtime's CPU provider without changing what it computes: the same
 * numbers come out, but for the rounding of floats, and of integers where they are asked for.
 */
import { splitEnlarged } from "./enlarged.ts";
import { foldAffine } from "./fold.ts";
import { foldGates } from "./gates.ts";
import type { Graph } from "./graph.ts";
import { widenHalves } from "./half.ts";
import { nameHardSwish, placeHardSwish } from "./hard-swish.ts";
import { type ChannelMeans, layersForInt8, useInt8 } from "./int8.ts";
import { OUTPUT, floatValue, readModel, writeModel } from "./model.ts";
import { hasSubgraph } from "./node.ts";
import { moveSpaceToEnd } from "./transposed.ts";

/**
 * @param bytes an ONNX model.
 * @param means of the layers that are to multiply integers, which only some processors do faster.
 * @returns one that gives the same results for one picture at a time; the same bytes where nothing
 *   is gained.
 */
export function rewriteModel(bytes: Uint8Array, means: ChannelMeans = {}): Uint8Array {
  try {
    const model = readModel(bytes);
    const { graph } = model;
    const nodes = new Set(graph.nodes);
    // Graphs inside of nodes use values that this one would not know to be used.
    if (graph.nodes.some((node) => hasSubgraph(node))) return bytes;
    fold(graph);
    useInt8(graph, means);
    placeHardSwish(graph);
    const isChanged = graph.nodes.some((node) => !nodes.has(node));
    return isChanged ? writeModel(model) : bytes;
  } catch {
    return bytes;
  }
}

function fold(graph: Graph): void {
  widenHalves(graph);
  nameHardSwish(graph);
  moveSpaceToEnd(graph);
  foldAffine(graph);
  splitEnlarged(graph);
  foldGates(graph);
}

/**
 * The model that `rewriteModel` makes without integers, which also gives what the layers see that
 * could do with them: for the means of their channels.
 *
 * @returns the names of those outputs, too.
 * @throws Error where the bytes are no model.
 */
export function exposeLayers(bytes: Uint8Array): { model: Uint8Array; names: string[] } {
  const model = readModel(bytes);
  fold(model.graph);
  const names = layersForInt8(model.graph).map(({ input }) => input);
  placeHardSwish(model.graph);
  const outputs = names.map((name) => floatValue(OUTPUT, name));
  const graphFields = [...model.graphFields, ...outputs];
  return { model: writeModel({ ...model, graphFields }), names };
}
