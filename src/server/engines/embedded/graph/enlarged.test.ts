import { describe, expect, test } from "bun:test";
import { difference, exampleModel, noise, noiseTensor, operatorsOf, outputOf } from "./example.ts";
import { readModel } from "./model.ts";
import { type Node, makeNode } from "./node.ts";
import { rewriteModel } from "./rewrite.ts";
import { floatTensor, sizeOf } from "./tensor.ts";

const constants = {
  stem: noiseTensor([4, 3, 1, 1], 1),
  down: noiseTensor([16, 4, 2, 2], 2),
  further: noiseTensor([16, 16, 2, 2], 3),
  wide: noiseTensor([16, 4, 1, 1], 4),
  squeeze: noiseTensor([2, 16, 1, 1], 5),
  excite: noiseTensor([16, 2, 1, 1], 6),
  head: noiseTensor([8, 16, 3, 3], 7),
  stacked: noiseTensor([8, 36, 3, 3], 8),
  b: noiseTensor([8], 9),
  b16: noiseTensor([16], 10),
  none: floatTensor([0], new Float32Array()),
  two: floatTensor([4], Float32Array.of(1, 1, 2, 2)),
  four: floatTensor([4], Float32Array.of(1, 1, 4, 4)),
};

const op = (name: string, inputs: string[], output: string): Node =>
  makeNode(name, inputs, [output]);
const halve = { strides: { ints: [2, 2] } };
const repeating = {
  mode: { text: "nearest" },
  coordinate_transformation_mode: { text: "asymmetric" },
  nearest_mode: { text: "floor" },
};
const enlarge = (input: string, scales: string, output: string): Node =>
  makeNode("Resize", [input, "none", scales], [output], repeating);
const padded = { pads: { ints: [1, 1, 1, 1] } };

/** A narrow map `c`, and `d` and `e` at a half and a quarter of its size. */
const trunk = [
  op("Conv", ["x", "stem"], "c"),
  makeNode("Conv", ["c", "down"], ["d"], halve),
  makeNode("Conv", ["d", "further"], ["e"], halve),
];

/** The gate of PaddleOCR's RSE-FPN: a map and its product with a number a channel. */
const gate = (map: string, output: string): Node[] => [
  op("GlobalAveragePool", [map], `${output}_mean`),
  op("Conv", [`${output}_mean`, "squeeze"], `${output}_small`),
  op("Relu", [`${output}_small`], `${output}_relu`),
  op("Conv", [`${output}_relu`, "excite", "b16"], `${output}_wide`),
  op("HardSigmoid", [`${output}_wide`], `${output}_factors`),
  op("Mul", [map, `${output}_factors`], `${output}_product`),
  op("Add", [map, `${output}_product`], output),
];

async function rewritten(nodes: readonly Node[]): Promise<Uint8Array> {
  const model = exampleModel({ nodes, constants, shape: [1, 3, "h", "w"] });
  const after = rewriteModel(model);
  for (const dims of [
    [1, 3, 8, 12],
    [1, 3, 4, 4],
  ]) {
    const data = noise(sizeOf(dims), 11);
    const [expected, actual] = [
      await outputOf(model, data, dims),
      await outputOf(after, data, dims),
    ];
    expect(actual.dims).toEqual(expected.dims);
    expect(difference(expected.data, actual.data)).toBeLessThan(1e-5);
  }
  return after;
}

/** How often an operator occurs. */
const count = (model: Uint8Array, op: string): number =>
  operatorsOf(model).filter((name) => name === op).length;

describe("a convolution of maps that were enlarged", () => {
  test("looks at them before they are, where they are stacked on others", async () => {
    const after = await rewritten([
      ...trunk,
      enlarge("e", "four", "e4"),
      enlarge("d", "two", "d2"),
      makeNode("Concat", ["e4", "d2", "c"], ["s"], { axis: { int: 1 } }),
      makeNode("Conv", ["s", "stacked", "b"], ["y"], padded),
    ]);
    expect(count(after, "DepthToSpace")).toBe(1);
    // The map at a quarter of the size is still brought to a half.
    expect(count(after, "Resize")).toBe(1);
  });

  test("sees a sum with a gated map without making the wide map", async () => {
    const after = await rewritten([
      ...trunk,
      op("Conv", ["c", "wide"], "v"),
      ...gate("v", "l"),
      enlarge("d", "two", "d2"),
      op("Add", ["l", "d2"], "q"),
      makeNode("Conv", ["q", "head", "b"], ["y"], padded),
    ]);
    expect(count(after, "Resize")).toBe(0);
    expect(count(after, "MatMul")).toBe(1);
    const wide = readModel(after).graph.nodes.filter((node) => node.outputs[0] === "v");
    expect(wide).toEqual([]);
  });

  test("stays as it is where it would not be less work", async () => {
    const nodes = [
      ...trunk,
      op("Conv", ["c", "wide"], "v"),
      enlarge("d", "two", "d2"),
      op("Add", ["v", "d2"], "q"),
      makeNode("Conv", ["q", "head", "b"], ["y"], padded),
    ];
    expect(count(await rewritten(nodes), "Resize")).toBe(1);
  });

  test("stays as it is where what is added is a number a channel", async () => {
    const nodes = [
      ...trunk,
      enlarge("d", "two", "d2"),
      op("Add", ["d2", "numbers"], "q"),
      makeNode("Conv", ["q", "head", "b"], ["y"], padded),
      op("GlobalAveragePool", ["d"], "numbers"),
    ];
    expect(count(await rewritten(nodes), "Resize")).toBe(1);
  });
});

describe("a gate over channels", () => {
  test("multiplies the weights of the convolution that widens the map", async () => {
    const after = await rewritten([
      ...trunk,
      makeNode("Conv", ["c", "wide", "b16"], ["v"]),
      ...gate("v", "y"),
    ]);
    const ends = readModel(after).graph.nodes.filter((node) => node.outputs.includes("y"));
    expect(ends.map((node) => node.op)).toEqual(["Conv"]);
  });

  test("multiplies a map once, where map and product are added", async () => {
    const after = await rewritten([...trunk, ...gate("d", "y")]);
    const ends = readModel(after).graph.nodes.filter((node) => node.outputs.includes("y"));
    expect(ends.map((node) => node.op)).toEqual(["Mul"]);
  });

  test("stays as it is where the map is used elsewhere", async () => {
    const nodes = [
      ...trunk,
      op("Conv", ["c", "wide"], "v"),
      ...gate("v", "l"),
      op("Relu", ["v"], "r"),
      op("Sub", ["l", "r"], "y"),
    ];
    expect(count(await rewritten(nodes), "Mul")).toBe(1);
  });
});
