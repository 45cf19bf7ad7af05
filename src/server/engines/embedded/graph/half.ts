/**
 * Weights that are stored as halves, which take half the room of floats: the model casts each to
 * floats where it is used. Widened when the model is loaded, they are constants for all that comes
 * after, which looks for floats.
 */
import type { Graph } from "./graph.ts";
import { intOf } from "./node.ts";
import { FLOAT, halvesOf } from "./tensor.ts";

/** Puts the floats in the place of each node that makes them of halves. */
export function widenHalves(graph: Graph): void {
  for (const node of graph.nodes) {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const isWidening = node.op === "Cast" && node.domain === "" && intOf(node, "to") === FLOAT;
    const tensor = isWidening && !graph.outputs.has(output) ? graph.constant(input) : undefined;
    const halves = tensor && halvesOf(tensor);
    if (!tensor || !halves) continue;
    const floats = graph.room(halves.length);
    floats.set(halves);
    graph.remove(node);
    graph.setFloats(output, tensor.dims, floats);
  }
}
