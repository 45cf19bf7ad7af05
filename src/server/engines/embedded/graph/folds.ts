/** Convolutions that do what affine maps before and after them did. */
import { type Affine, at, composed } from "./affine.ts";
import { type Convolution, convolutionOf, withWeights } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import { sizeOf } from "./tensor.ts";

/**
 * The affine maps that convolutions take in. Weights are large, so they are gone through once, at
 * the end.
 */
export class Folds {
  readonly #graph: Graph;
  readonly #maps = new Map<Node, { before: Affine; after: Affine }>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The convolution does what a map after it did, and gives the map's output. */
  append(node: Node, map: Affine, output: string): void {
    const { before, after } = this.#mapsOf(node);
    this.#exchange(node, { ...node, outputs: [output] }, { before, after: composed(after, map) });
  }

  /** The convolution does what a map before it did, and takes the map's input. */
  prepend(node: Node, map: Affine, input: string): void {
    const { before, after } = this.#mapsOf(node);
    const [, ...constants] = node.inputs;
    const successor = { ...node, inputs: [input, ...constants] };
    this.#exchange(node, successor, { before: composed(map, before), after });
  }

  #mapsOf(node: Node): { before: Affine; after: Affine } {
    const nothing = { scale: [1], bias: [0] };
    return this.#maps.get(node) ?? { before: nothing, after: nothing };
  }

  #exchange(old: Node, successor: Node, maps: { before: Affine; after: Affine }): void {
    this.#graph.replace([old], [successor]);
    this.#maps.delete(old);
    this.#maps.set(successor, maps);
  }

  apply(): void {
    for (const [node, { before, after }] of this.#maps) {
      const conv = convolutionOf(this.#graph, node);
      if (!conv) throw new Error("a convolution lost its weights");
      const { dims } = conv;
      const room = this.#graph.room(conv.weights.length);
      const changed = between(conv, before, after, room);
      const successor = withWeights(this.#graph, node, { dims, ...changed });
      this.#graph.replace([node], [successor]);
    }
    this.#maps.clear();
  }
}

/**
 * The weights that do what an affine map, a convolution and another map do one after the other.
 * Before a convolution with padding a map must have no bias.
 */
function between(
  { dims, weights, bias, groups }: Convolution,
  before: Affine,
  after: Affine,
  scaled: Float32Array,
): { weights: Float32Array; bias: Float32Array } {
  const [outputs, inputs] = dims;
  const area = sizeOf(dims.slice(2));
  const shifted = new Float32Array(outputs);
  for (let o = 0, i = 0; o < outputs; o++) {
    const first = Math.floor((o * groups) / outputs) * inputs;
    const last = at(after.scale, o);
    let sum = bias[o] ?? 0;
    for (let channel = first; channel < first + inputs; channel++) {
      const factor = at(before.scale, channel) * last;
      const constant = at(before.bias, channel);
      for (const end = i + area; i < end; i++) {
        const weight = weights[i] ?? 0;
        scaled[i] = weight * factor;
        sum += weight * constant;
      }
    }
    shifted[o] = sum * last + at(after.bias, o);
  }
  return { weights: scaled, bias: shifted };
}
