import { describe, expect, test } from "bun:test";
import * as ort from "onnxruntime-node";
import { difference, exampleModel, noise, noiseTensor, outputOf } from "./example.ts";
import { readRecogniser, splitHead } from "./head.ts";
import { type Node, makeNode } from "./node.ts";

const STEPS = 3;
const SIZE = 8;
const CLASSES = 20;
const SAME = 1e-5;
const dims = [1, STEPS, SIZE];

function recogniser(end: readonly Node[]): Uint8Array {
  return exampleModel({
    nodes: [makeNode("Relu", ["x"], ["features"]), ...end],
    constants: { w: noiseTensor([SIZE, CLASSES]), b: noiseTensor([CLASSES], 7) },
    shape: [1, "steps", SIZE],
  });
}

const product = makeNode("MatMul", ["features", "w"], ["p"]);
const sum = makeNode("Add", ["p", "b"], ["s"]);
const softmax = makeNode("Softmax", ["s"], ["y"], { axis: { int: 2 } });

function known(model: Uint8Array) {
  const found = readRecogniser(model);
  if (!found) throw new Error("the last layer is not known");
  return found;
}

async function outputsOf(model: Uint8Array, data: Float32Array): Promise<Float32Array[]> {
  const session = await ort.InferenceSession.create(model);
  const results = await session.run({ x: new ort.Tensor("float32", data, dims) });
  return session.outputNames.map((name) => Float32Array.from(results[name]?.data ?? [], Number));
}

describe("the last layer of a recogniser", () => {
  const data = noise(STEPS * SIZE);

  test("gives the same from the features that the body gives", async () => {
    const model = recogniser([product, sum, softmax]);
    const whole = await outputOf(model, data, dims);
    const { body, head } = splitHead(known(model), [0, 1]);
    const [, features] = await outputsOf(body, data);
    const apart = await outputOf(head, features ?? data, dims);
    expect(apart.dims).toEqual([1, STEPS, CLASSES]);
    expect(difference(apart.data, whole.data)).toBeLessThan(SAME);
  });

  test("can be asked for some classes alone, which then share all of the probability", async () => {
    const model = recogniser([product, sum, softmax]);
    expect(known(model).layer.classes).toBe(CLASSES);
    const chosen = [0, 3, 19];
    const { body } = splitHead(known(model), chosen);
    const { data: all } = await outputOf(model, data, dims);
    const wanted = Array.from({ length: STEPS }, (_, step) => {
      const some = chosen.map((index) => all[step * CLASSES + index] ?? 0);
      return some.map((value) => value / some.reduce((total, one) => total + one, 0));
    });
    const [found] = await outputsOf(body, data);
    expect(difference(found ?? data, Float32Array.from(wanted.flat()))).toBeLessThan(SAME);
  });

  test.each<[string, Node[]]>([
    ["no softmax", [product, makeNode("Add", ["p", "b"], ["y"])]],
    ["nothing added", [product, makeNode("Softmax", ["p"], ["y"], { axis: { int: 2 } })]],
    [
      "a softmax along the steps",
      [product, sum, makeNode("Softmax", ["s"], ["y"], { axis: { int: 1 } })],
    ],
  ])("is left alone with %s", (_, end) => {
    expect(readRecogniser(recogniser(end))).toBeUndefined();
  });

  test("of something that is no model is none", () => {
    expect(readRecogniser(Uint8Array.of(1, 2, 3))).toBeUndefined();
  });
});
