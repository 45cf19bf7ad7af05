import { describe, expect, test } from "bun:test";
import { difference, exampleModel, noise, noiseTensor, operatorsOf, outputOf } from "./example.ts";
import { type Node, makeNode } from "./node.ts";
import { rewriteModel } from "./rewrite.ts";
import { type Tensor, floatTensor, sizeOf } from "./tensor.ts";

const SAME = 1e-5;
const one = (value: number): Tensor => floatTensor([1], Float32Array.of(value));

const constants = {
  w1: noiseTensor([16, 3, 3, 3], 1),
  w2: noiseTensor([16, 16, 1, 1], 2),
  w3: noiseTensor([16, 1, 3, 3], 3),
  w4: noiseTensor([8, 16, 1, 1], 4),
  b: noiseTensor([16], 5),
  scale: one(1.7),
  shift: one(-0.3),
  factors: noiseTensor([1, 16, 1, 1], 6),
  terms: noiseTensor([16, 1, 1], 7),
  variance: floatTensor(
    [16],
    noise(16, 8).map((value) => value + 1.5),
  ),
  three: one(3),
  six: one(6),
  zero: one(0),
};

const conv = (input: string, weights: string, output: string, padded = false): Node =>
  makeNode("Conv", [input, weights, ...(weights === "w4" ? [] : ["b"])], [output], {
    pads: { ints: padded ? [1, 1, 1, 1] : [0, 0, 0, 0] },
    ...(weights === "w3" && { group: { int: 16 } }),
  });
const first = conv("x", "w1", "c1");
const op = (name: string, inputs: string[], output: string): Node =>
  makeNode(name, inputs, [output]);

/** The operators after the rewriting, once it is known to change no result. */
async function rewritten(nodes: readonly Node[], output = "y"): Promise<string[]> {
  const model = exampleModel({ nodes, constants, shape: [1, 3, "h", "w"], output });
  const dims = [1, 3, 9, 11];
  const data = noise(sizeOf(dims), 9);
  const after = rewriteModel(model);
  const [expected, actual] = [await outputOf(model, data, dims), await outputOf(after, data, dims)];
  expect(actual.dims).toEqual(expected.dims);
  expect(difference(expected.data, actual.data)).toBeLessThan(SAME);
  return operatorsOf(after);
}

const hardSwish = (input: string, output: string): Node[] => [
  op("Add", [input, "three"], `${output}_sum`),
  op("Clip", [`${output}_sum`, "zero", "six"], `${output}_clip`),
  op("Mul", [input, `${output}_clip`], `${output}_product`),
  op("Div", [`${output}_product`, "six"], output),
];

describe("constants that a map is multiplied by, or that are added to it", () => {
  test("go into the convolution before it", async () => {
    const nodes = [
      first,
      op("Mul", ["scale", "c1"], "a"),
      op("Add", ["a", "terms"], "b1"),
      op("Sub", ["b1", "shift"], "b2"),
      op("Div", ["b2", "scale"], "b3"),
      op("BatchNormalization", ["b3", "b", "b", "b", "variance"], "y"),
    ];
    expect(await rewritten(nodes)).toEqual(["Conv"]);
  });

  test("go into all the convolutions after it, where none has padding", async () => {
    const nodes = [
      first,
      op("Relu", ["c1"], "r"),
      op("Mul", ["r", "factors"], "a"),
      op("Add", ["a", "shift"], "m"),
      conv("m", "w2", "one"),
      conv("m", "w2", "other"),
      op("Sub", ["one", "other"], "y"),
    ];
    expect(await rewritten(nodes)).toEqual(["Conv", "Conv", "Conv", "Relu", "Sub"]);
  });

  test("only multiply the weights of a convolution that has padding", async () => {
    const scaled = [first, op("Relu", ["c1"], "r"), op("Mul", ["r", "scale"], "m")];
    expect(await rewritten([...scaled, conv("m", "w3", "y", true)])).toEqual([
      "Conv",
      "Conv",
      "Relu",
    ]);
  });

  test("become one convolution where its zeros would show", async () => {
    const shifted = [
      first,
      op("Relu", ["c1"], "r"),
      op("Mul", ["r", "scale"], "a"),
      op("Add", ["a", "shift"], "m"),
    ];
    expect(await rewritten([...shifted, conv("m", "w3", "y", true)])).toEqual([
      "Conv",
      "Conv",
      "Conv",
      "Relu",
    ]);
  });

  test("let a mean pass", async () => {
    const pool = { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] } };
    const nodes = [
      first,
      op("Relu", ["c1"], "r"),
      op("Add", ["r", "shift"], "m"),
      makeNode("AveragePool", ["m"], ["p"], { ...pool, pads: { ints: [1, 1, 1, 1] } }),
      conv("p", "w4", "y"),
    ];
    expect(await rewritten(nodes)).toEqual(["AveragePool", "Conv", "Conv", "Relu"]);
  });

  test("stay where something else looks at the map between", async () => {
    const nodes = [
      first,
      op("Mul", ["c1", "scale"], "m"),
      op("Relu", ["c1"], "r"),
      op("Sub", ["m", "r"], "y"),
    ];
    // As a convolution of each channel, which is as good.
    expect(await rewritten(nodes)).toEqual(["Conv", "Conv", "Relu", "Sub"]);
  });

  test("stay where they differ from point to point", async () => {
    const nodes = [first, op("Mul", ["c1", "b"], "y")];
    const [data, dims] = [noise(3 * 9 * 18), [1, 3, 9, 18]];
    const model = exampleModel({ nodes, constants, shape: [1, 3, "h", "w"] });
    expect(rewriteModel(model)).toBe(model);
    expect((await outputOf(model, data, dims)).dims).toEqual([1, 16, 7, 16]);
  });
});

describe("the activation that is spelt out in four nodes", () => {
  test("goes into the convolution before it, with the constants between", async () => {
    const nodes = [
      first,
      op("Mul", ["c1", "scale"], "a"),
      op("Add", ["a", "shift"], "m"),
      ...hardSwish("m", "h"),
      op("Mul", ["h", "scale"], "s"),
      op("Add", ["s", "shift"], "t"),
      conv("t", "w4", "y"),
    ];
    expect(await rewritten(nodes)).toEqual(["Conv", "FusedConv"]);
  });

  test("becomes two nodes where there is no convolution", async () => {
    const nodes = [...hardSwish("x", "h"), conv("h", "w1", "y")];
    expect(await rewritten(nodes)).toEqual(["Conv", "HardSigmoid", "Mul"]);
  });

  test("stays where its middle is looked at", async () => {
    const nodes = [...hardSwish("x", "h"), op("Sub", ["h", "h_clip"], "y")];
    expect(await rewritten(nodes)).toEqual(["Add", "Clip", "Div", "Mul", "Sub"]);
  });

  test("is told from others that look like it", async () => {
    const [sum, clip, , quotient] = hardSwish("x", "y");
    if (!sum || !clip || !quotient) throw new Error("it has four nodes");
    const nodes = [sum, clip, op("Mul", ["y_sum", "y_clip"], "y_product"), quotient];
    expect(await rewritten(nodes)).toEqual(["Add", "Clip", "Div", "Mul"]);
  });
});
