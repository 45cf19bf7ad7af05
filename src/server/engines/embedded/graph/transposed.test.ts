import { describe, expect, test } from "bun:test";
import { difference, exampleModel, noise, noiseTensor, operatorsOf, outputOf } from "./example.ts";
import { type AttributeValue, type Node, makeNode } from "./node.ts";
import { rewriteModel } from "./rewrite.ts";
import { floatTensor, sizeOf } from "./tensor.ts";

const constants = {
  w1: noiseTensor([5, 6, 2, 2], 1),
  w2: noiseTensor([6, 3, 2, 2], 2),
  point: noiseTensor([6, 6, 1, 1], 3),
  three: noiseTensor([6, 6, 3, 3], 4),
  b: noiseTensor([6], 5),
  columns: noiseTensor([14], 8),
  terms: noiseTensor([1, 6, 1, 1], 6),
  variance: floatTensor(
    [6],
    noise(6, 7).map((value) => value + 1.5),
  ),
};

const transposed = (
  inputs: string[],
  output: string,
  more: Record<string, AttributeValue> = {},
): Node => makeNode("ConvTranspose", inputs, [output], { strides: { ints: [2, 2] }, ...more });

async function rewritten(nodes: readonly Node[]): Promise<string[]> {
  const model = exampleModel({ nodes, constants, shape: [1, 5, "h", "w"] });
  const dims = [1, 5, 4, 7];
  const data = noise(sizeOf(dims), 9);
  const after = rewriteModel(model);
  const [expected, actual] = [await outputOf(model, data, dims), await outputOf(after, data, dims)];
  expect(actual.dims).toEqual(expected.dims);
  expect(difference(expected.data, actual.data)).toBeLessThan(1e-5);
  return operatorsOf(after);
}

describe("transposed convolutions that give blocks", () => {
  test("become convolutions, and one move at the end", async () => {
    const nodes = [
      transposed(["x", "w1"], "a"),
      makeNode("Add", ["a", "terms"], ["s"]),
      makeNode("BatchNormalization", ["s", "b", "b", "b", "variance"], ["n"]),
      makeNode("Relu", ["n"], ["r"]),
      transposed(["r", "w2"], "t"),
      makeNode("Sigmoid", ["t"], ["y"]),
    ];
    const names = ["Conv", "Conv", "DepthToSpace", "Relu", "Sigmoid"];
    expect(await rewritten(nodes)).toEqual(names);
  });

  test("keep their bias, and let a convolution of points pass", async () => {
    const nodes = [
      transposed(["x", "w1", "b"], "a"),
      makeNode("Conv", ["a", "point", "b"], ["c"]),
      makeNode("Sigmoid", ["c"], ["y"]),
    ];
    expect(await rewritten(nodes)).toEqual(["Conv", "Conv", "DepthToSpace", "Sigmoid"]);
  });

  test("leave alone a convolution that sees neighbours", async () => {
    const nodes = [transposed(["x", "w1"], "a"), makeNode("Conv", ["a", "three"], ["y"])];
    expect(await rewritten(nodes)).toEqual(["Conv", "Conv", "DepthToSpace"]);
  });

  test("leave alone an addition that differs from column to column", async () => {
    const nodes = [transposed(["x", "w1"], "a"), makeNode("Add", ["a", "columns"], ["y"])];
    expect(await rewritten(nodes)).toEqual(["Add", "Conv", "DepthToSpace"]);
  });

  test("stay as they are where blocks meet", async () => {
    const padded = { pads: { ints: [1, 1, 1, 1] } };
    expect(await rewritten([transposed(["x", "w1"], "y", padded)])).toEqual(["ConvTranspose"]);
    const dense = { strides: { ints: [1, 1] } };
    expect(await rewritten([transposed(["x", "w1"], "y", dense)])).toEqual(["ConvTranspose"]);
  });
});
