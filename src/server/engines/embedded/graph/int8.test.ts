import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import means from "../channel-means.json" with { type: "json" };
import { shippedModels } from "../model-files.ts";
import { hasVnni } from "../vnni.ts";
import { difference, exampleModel, noise, noiseTensor, operatorsOf, outputOf } from "./example.ts";
import { readModel } from "./model.ts";
import { intOf, makeNode } from "./node.ts";
import { exposeLayers, rewriteModel } from "./rewrite.ts";

const models = {
  body: readFileSync(shippedModels.recognition),
  quick: readFileSync(shippedModels.quick),
};
const CHANNELS = 128;
const EIGHT_BITS = 0.03;
const zeros = Array.from({ length: CHANNELS }, () => 0);

const wide = exampleModel({
  nodes: [makeNode("Conv", ["x", "w"], ["y"], { kernel_shape: { ints: [1, 1] } })],
  constants: { w: noiseTensor([CHANNELS, CHANNELS, 1, 1]) },
  shape: [1, CHANNELS, "height", "width"],
});

test.each(["body", "quick"] as const)(
  "the table has the means of all channels of just the layers of the %s for which integers pay",
  (name) => {
    const { names } = exposeLayers(models[name]);
    expect(names.toSorted()).toEqual(Object.keys(means[name]).toSorted());
    const products = operatorsOf(rewriteModel(models[name], means[name]));
    expect(products.filter((op) => op === "DynamicQuantizeMatMul")).toHaveLength(names.length);
  },
);

test("layers whose means are not known, or are those of another model, stay as they are", () => {
  expect(operatorsOf(rewriteModel(wide))).toEqual(["Conv"]);
  expect(operatorsOf(rewriteModel(wide, { x: [0, 0] }))).toEqual(["Conv"]);
});

test.skipIf(!hasVnni())("integers give what floats give, to eight bits", async () => {
  const dims = [1, CHANNELS, 3, 5];
  const data = noise(CHANNELS * 15);
  const model = rewriteModel(wide, { x: zeros });
  expect(operatorsOf(model)).toContain("DynamicQuantizeMatMul");
  const [floats, integers] = [await outputOf(wide, data, dims), await outputOf(model, data, dims)];
  expect(integers.dims).toEqual(floats.dims);
  expect(difference(floats.data, integers.data)).toBeLessThan(EIGHT_BITS);
});

test.each([
  ["a hard swish", "HardSwish", "FusedConv"],
  ["what cuts off below zero", "Relu", "Relu"],
])("%s behind integers is done in a convolution", (_, activation, last) => {
  const nodes = [
    makeNode("Conv", ["x", "w"], ["c"], { kernel_shape: { ints: [1, 1] } }),
    makeNode(activation, ["c"], ["y"]),
  ];
  const constants = { w: noiseTensor([CHANNELS, CHANNELS, 1, 1]) };
  const shape = [1, CHANNELS, "height", "width"];
  const model = rewriteModel(exampleModel({ nodes, constants, shape, opset: 14 }), { x: zeros });
  const { graph } = readModel(model);
  const end = graph.producerOf("y");
  const before = graph.producerOf(end?.inputs[0] ?? "");
  const conv = [end, before].find((node) => node?.op.endsWith("Conv"));
  expect(end?.op).toBe(last);
  // Only a convolution of each channel by itself can keep what the integers gave.
  expect(conv && intOf(conv, "group")).toBe(CHANNELS);
});
