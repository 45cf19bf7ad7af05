/**
 * Makes a model faster on ONNX Runtime's CPU provider without changing what it computes: the same
 * numbers come out, but for the rounding of floats.
 */
import { splitEnlarged } from "./enlarged.ts";
import { foldAffine } from "./fold.ts";
import { foldGates } from "./gates.ts";
import { nameHardSwish, placeHardSwish } from "./hard-swish.ts";
import { readModel, writeModel } from "./model.ts";
import { hasSubgraph } from "./node.ts";
import { moveSpaceToEnd } from "./transposed.ts";

/**
 * @param bytes an ONNX model.
 * @returns one that gives the same results for one picture at a time; the same bytes where nothing
 *   is gained.
 */
export function rewriteModel(bytes: Uint8Array): Uint8Array {
  try {
    const model = readModel(bytes);
    const { graph } = model;
    const nodes = new Set(graph.nodes);
    // Graphs inside of nodes use values that this one would not know to be used.
    if (graph.nodes.some((node) => hasSubgraph(node))) return bytes;
    nameHardSwish(graph);
    moveSpaceToEnd(graph);
    foldAffine(graph);
    splitEnlarged(graph);
    foldGates(graph);
    placeHardSwish(graph);
    const isChanged = graph.nodes.some((node) => !nodes.has(node));
    return isChanged ? writeModel(model) : bytes;
  } catch {
    return bytes;
  }
}
