/**
 * The activation x · min(max(x + 3, 0), 6) / 6, which exporters spell out in four nodes, each of
 * which reads and writes the whole map. ONNX Runtime can apply it inside of the convolution before
 * it. Source: Howard et al., "Searching for MobileNetV3" (ICCV 2019), section 5.2.
 */
import { convolutionOf } from "./convolution.ts";
import type { Graph } from "./graph.ts";
import { MICROSOFT, type Node, floatOf, makeAttributes, makeNode } from "./node.ts";

export const HARD_SWISH = "HardSwish";

/** The opset that knows the operator by its name. */
const NAMED_SINCE = 14;
/** Exporters write 1/6 with six digits. */
const TOLERANCE = 1e-6;

/** Puts one node where the activation is spelt out, whether the graph's opset knows it or not. */
export function nameHardSwish(graph: Graph): void {
  for (const node of graph.nodes) {
    const gate = graph.has(node) ? gateOf(graph, node) : undefined;
    const product = gate && graph.soleConsumerOf(gate.output);
    if (!gate || !product || !isProductOf(product, gate.input, gate.output)) continue;
    const end = gate.isSixfold ? sixthOf(graph, product) : product;
    if (!end) continue;
    const nodes = new Set([...gate.nodes, product, end]);
    graph.replace([...nodes], [makeNode(HARD_SWISH, [gate.input], end.outputs)]);
  }
}

interface Gate {
  input: string;
  output: string;
  /** From 0 to 6, not to 1. */
  isSixfold: boolean;
  nodes: Node[];
}

function gateOf(graph: Graph, node: Node): Gate | undefined {
  const [input = ""] = node.inputs;
  const [output = ""] = node.outputs;
  if (node.op === "HardSigmoid" && node.domain === "") {
    const isGate = isAbout(floatOf(node, "alpha"), 1 / 6) && isAbout(floatOf(node, "beta"), 0.5);
    return isGate ? { input, output, isSixfold: false, nodes: [node] } : undefined;
  }
  const sum = withScalar(graph, node, "Add");
  const clip = sum?.scalar === 3 ? graph.soleConsumerOf(output) : undefined;
  const [clipped = ""] = clip?.outputs ?? [];
  if (!sum || !clip || !isClipToSix(graph, clip, output)) return undefined;
  return { input: sum.value, output: clipped, isSixfold: true, nodes: [node, clip] };
}

function isClipToSix(graph: Graph, node: Node, input: string): boolean {
  if (node.op !== "Clip" || node.domain !== "" || node.inputs[0] !== input) return false;
  const [, low, high] = node.inputs;
  const least = floatOf(node, "min") ?? graph.scalar(low);
  const most = floatOf(node, "max") ?? graph.scalar(high);
  return least === 0 && most === 6;
}

function isProductOf(node: Node, one: string, other: string): boolean {
  const [a, b] = node.inputs;
  const isPair = (a === one && b === other) || (a === other && b === one);
  return node.op === "Mul" && node.domain === "" && isPair;
}

/** The node that divides a value by six, if that is all that happens to it. */
function sixthOf(graph: Graph, node: Node): Node | undefined {
  const next = graph.soleConsumerOf(node.outputs[0] ?? "");
  if (!next) return undefined;
  const isQuotient = next.op === "Div" && next.domain === "" && graph.scalar(next.inputs[1]) === 6;
  return isQuotient || isAbout(withScalar(graph, next, "Mul")?.scalar, 1 / 6) ? next : undefined;
}

function withScalar(
  graph: Graph,
  node: Node,
  op: "Add" | "Mul",
): { value: string; scalar: number } | undefined {
  if (node.op !== op || node.domain !== "") return undefined;
  const [a = "", b = ""] = node.inputs;
  const [first, second] = [graph.scalar(a), graph.scalar(b)];
  if (second !== undefined) return { value: a, scalar: second };
  return first === undefined ? undefined : { value: b, scalar: first };
}

function isAbout(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) < TOLERANCE;
}

/**
 * Moves the activation into the convolution before it, or spells it out in two nodes where there is
 * none.
 */
export function placeHardSwish(graph: Graph): void {
  for (const node of graph.nodes) {
    if (node.op !== HARD_SWISH || node.domain !== "") continue;
    const [input = ""] = node.inputs;
    const conv = graph.soleConsumerOf(input) && graph.producerOf(input);
    if (conv && convolutionOf(graph, conv)) {
      graph.replace([conv, node], [fused(conv, node)]);
    } else if (graph.opset < NAMED_SINCE) {
      graph.replace([node], spelt(graph, node));
    }
  }
}

/** ONNX Runtime's own operator: a convolution with the name of an activation. */
function fused(conv: Node, { outputs }: Node): Node {
  const activation = makeAttributes({ activation: { text: HARD_SWISH } });
  const attributes = new Map([...conv.attributes, ...activation]);
  return { ...conv, op: "FusedConv", domain: MICROSOFT, outputs, attributes };
}

function spelt(graph: Graph, { inputs, outputs }: Node): Node[] {
  const [input = ""] = inputs;
  const gate = graph.newName();
  const slope = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };
  return [makeNode("HardSigmoid", [input], [gate], slope), makeNode("Mul", [input, gate], outputs)];
}
