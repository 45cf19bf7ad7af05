import { expect, test } from "bun:test";
import { FOOT, MARGIN, pictureSize, scaleOf, steppedZoom, turned } from "./zoom.ts";

const portrait = { width: 600, height: 800 };

test("a page fits the width, or as a whole, over the tools at the foot", () => {
  const pane = { width: 600 + 2 * MARGIN, height: 400 + MARGIN + FOOT };
  expect(scaleOf("width", portrait, pane)).toBe(1);
  expect(scaleOf("page", portrait, pane)).toBe(0.5);
  expect(scaleOf(2, portrait, pane)).toBe(2);
  expect(scaleOf("page", turned(portrait, 1), pane)).toBe(400 / 600);
});

test("a pane that is not there yet gives no page without a size", () => {
  expect(scaleOf("page", portrait, { width: 0, height: 0 })).toBeGreaterThan(0);
});

test("larger and smaller end where nothing can be seen any more", () => {
  expect(steppedZoom(1, 1)).toBeGreaterThan(1);
  expect(steppedZoom(8, 1)).toBe(8);
  expect(steppedZoom(0.1, -1)).toBe(0.1);
});

test("pictures are asked for in few sizes, sharp on fine screens", () => {
  expect(pictureSize(portrait, 1)).toBe(800);
  expect(pictureSize(portrait, 2)).toBe(1600);
  expect(pictureSize({ width: 9000, height: 12_000 }, 3)).toBe(2400);
});
