import { describe, expect, test } from "bun:test";
import { exampleModel, noise, noiseTensor, outputOf } from "./example.ts";
import { readModel, writeModel } from "./model.ts";
import { floatOf, intOf, intsOf, makeNode, textOf } from "./node.ts";
import { floatTensor, integerTensor } from "./tensor.ts";

const relu = makeNode("Relu", ["x"], ["r"]);
const product = makeNode("Mul", ["r", "two"], ["y"]);
const two = floatTensor([1], Float32Array.of(2));

describe("a model", () => {
  test("computes the same after it was read and written", async () => {
    const nodes = [
      makeNode("Conv", ["x", "w"], ["c"], { pads: { ints: [1, 0, 1, 2] }, group: { int: 2 } }),
      makeNode("LeakyRelu", ["c"], ["y"], { alpha: { float: 0.25 } }),
    ];
    const model = exampleModel({
      nodes,
      constants: { w: noiseTensor([4, 1, 3, 3]) },
      shape: [1, 2, "h", "w"],
    });
    const [data, dims] = [noise(2 * 5 * 6), [1, 2, 5, 6]];
    const after = writeModel(readModel(model));
    expect(await outputOf(after, data, dims)).toEqual(await outputOf(model, data, dims));
  });

  test("keeps attributes of every kind", () => {
    const attributes = {
      a: { int: -3 },
      b: { float: 0.5 },
      c: { text: "nearest" },
      d: { ints: [1, -2] },
    };
    const model = exampleModel({ nodes: [makeNode("Op", ["x"], ["y"], attributes)], shape: [1] });
    const [node] = readModel(model).graph.nodes;
    if (!node) throw new Error("the node is gone");
    expect([intOf(node, "a"), floatOf(node, "b"), textOf(node, "c")]).toEqual([-3, 0.5, "nearest"]);
    expect(intsOf(node, "d")).toEqual([1, -2]);
  });

  test("counts a default that may be overruled as no constant", () => {
    const model = exampleModel({ nodes: [relu], constants: { x: two }, shape: [1], output: "r" });
    expect(readModel(model).graph.constant("x")).toBeUndefined();
    expect(readModel(writeModel(readModel(model))).graphFields).toHaveLength(4);
  });

  test("is written with each node after those that it depends on", () => {
    const model = readModel(
      exampleModel({ nodes: [relu, product], constants: { two }, shape: [1] }),
    );
    const [first, second] = model.graph.nodes;
    if (!first || !second) throw new Error("the nodes are gone");
    model.graph.replace([first, second], [second, first]);
    const written = readModel(writeModel(model)).graph.nodes;
    expect(written.map((node) => node.op)).toEqual(["Relu", "Mul"]);
  });

  test("is not written where nodes depend on each other in a circle", () => {
    const circle = [makeNode("Relu", ["b"], ["a"]), makeNode("Relu", ["a"], ["b"])];
    const model = readModel(exampleModel({ nodes: circle, shape: [1], output: "a" }));
    expect(() => writeModel(model)).toThrow("circle");
  });

  test("knows the numbers of floats, and of no others", () => {
    const constants = { two, many: integerTensor([2]) };
    const nodes = [makeNode("Op", ["x", "two", "many"], ["y"])];
    const { graph } = readModel(exampleModel({ nodes, constants, shape: [1] }));
    expect(graph.floats("two")).toEqual(Float32Array.of(2));
    expect(graph.floats("many")).toBeUndefined();
  });
});
