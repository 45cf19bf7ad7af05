import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import means from "../channel-means.json" with { type: "json" };
import { shippedModels } from "../model-files.ts";
import { hasVnni } from "../vnni.ts";
import { difference, exampleModel, noise, noiseTensor, operatorsOf, outputOf } from "./example.ts";
import { makeNode } from "./node.ts";
import { exposeLayers, rewriteModel } from "./rewrite.ts";

const recognition = readFileSync(shippedModels.recognition);
const CHANNELS = 128;
const EIGHT_BITS = 0.03;

const wide = exampleModel({
  nodes: [makeNode("Conv", ["x", "w"], ["y"], { kernel_shape: { ints: [1, 1] } })],
  constants: { w: noiseTensor([CHANNELS, CHANNELS, 1, 1]) },
  shape: [1, CHANNELS, "height", "width"],
});

test("the table has the means of all channels of just the layers for which integers pay", () => {
  const { names } = exposeLayers(recognition);
  expect(names.toSorted()).toEqual(Object.keys(means).toSorted());
  const products = operatorsOf(rewriteModel(recognition, means));
  expect(products.filter((op) => op === "DynamicQuantizeMatMul")).toHaveLength(names.length);
});

test("layers whose means are not known, or are those of another model, stay as they are", () => {
  expect(operatorsOf(rewriteModel(wide))).toEqual(["Conv"]);
  expect(operatorsOf(rewriteModel(wide, { x: [0, 0] }))).toEqual(["Conv"]);
});

test.skipIf(!hasVnni())("integers give what floats give, to eight bits", async () => {
  const dims = [1, CHANNELS, 3, 5];
  const data = noise(CHANNELS * 15);
  const model = rewriteModel(wide, { x: Array.from({ length: CHANNELS }, () => 0) });
  expect(operatorsOf(model)).toContain("DynamicQuantizeMatMul");
  const [floats, integers] = [await outputOf(wide, data, dims), await outputOf(model, data, dims)];
  expect(integers.dims).toEqual(floats.dims);
  expect(difference(floats.data, integers.data)).toBeLessThan(EIGHT_BITS);
});
