import { describe, expect, test } from "bun:test";
import { exampleModel, noise, operatorsOf, outputOf } from "./example.ts";
import { widenHalves } from "./half.ts";
import { readModel } from "./model.ts";
import { makeNode } from "./node.ts";
import { rewriteModel } from "./rewrite.ts";
import { FLOAT, floatTensor, halfTensor } from "./tensor.ts";

const CHANNELS = 2;
const DOUBLE = 11;
const dims = [1, CHANNELS, 2, 3];
const data = noise(12);
const halves = Float16Array.of(0.5, -2, 1 / 3, 6.1e-5);

function model(to = FLOAT) {
  const rest = to === FLOAT ? "floats" : "narrow";
  return exampleModel({
    nodes: [
      makeNode("Cast", ["halves"], [rest], { to: { int: to } }),
      ...(to === FLOAT ? [] : [makeNode("Cast", ["narrow"], ["floats"], { to: { int: FLOAT } })]),
      makeNode("Conv", ["x", "floats"], ["c"], { kernel_shape: { ints: [1, 1] } }),
      makeNode("Mul", ["c", "two"], ["y"]),
    ],
    constants: {
      halves: halfTensor([CHANNELS, CHANNELS, 1, 1], halves),
      two: floatTensor([1], Float32Array.of(2)),
    },
    shape: [1, CHANNELS, "height", "width"],
  });
}

/** What becomes of sixteen bits: all forms that IEEE 754 has. */
test.each<[string, number, number]>([
  ["one", 0x3c00, 1],
  ["a third", 0x3555, 1365 / 4096],
  ["a negative number", 0xc400, -4],
  ["the largest number", 0x7bff, 65_504],
  ["the smallest normal number", 0x0400, 2 ** -14],
  ["the largest subnormal number", 0x03ff, 1023 * 2 ** -24],
  ["the smallest number", 0x8001, -(2 ** -24)],
  ["zero below zero", 0x8000, -0],
  ["infinity", 0x7c00, Infinity],
  ["negative infinity", 0xfc00, -Infinity],
  ["no number", 0x7e00, Number.NaN],
])("a half that is %s is the same as a float", (_, bits, value) => {
  const nodes = [
    makeNode("Cast", ["halves"], ["floats"], { to: { int: FLOAT } }),
    makeNode("Add", ["x", "floats"], ["y"]),
  ];
  const constants = { halves: halfTensor([1], new Float16Array(Uint16Array.of(bits).buffer)) };
  const { graph } = readModel(exampleModel({ nodes, constants, shape: [1] }));
  widenHalves(graph);
  expect([...(graph.floats("floats") ?? [])]).toEqual([value]);
});

describe("weights that are stored as halves", () => {
  test("are constants to what rewrites the model, which computes the same", async () => {
    const after = rewriteModel(model());
    // The multiplication went into the weights, which only works with constants.
    expect(operatorsOf(after)).toEqual(["Conv"]);
    const [expected, actual] = [
      await outputOf(model(), data, dims),
      await outputOf(after, data, dims),
    ];
    expect(actual).toEqual(expected);
  });

  test("stay as they are where they become anything but floats", () => {
    const { graph } = readModel(model(DOUBLE));
    widenHalves(graph);
    expect(graph.nodes.filter(({ op }) => op === "Cast")).toHaveLength(2);
  });

  test("stay as they are where the floats leave the model", () => {
    const nodes = [makeNode("Cast", ["halves"], ["y"], { to: { int: FLOAT } })];
    const constants = { halves: halfTensor([4], halves) };
    const { graph } = readModel(exampleModel({ nodes, constants, shape: [1] }));
    widenHalves(graph);
    expect(graph.nodes).toHaveLength(1);
  });
});
