import { expect, test } from "bun:test";
import { withoutLeaders } from "./leaders.ts";

test.each([
  ["an entry and its number", ["2.1", "Early Surveys....", "..9"], ["2.1", "Early Surveys", "9"]],
  ["spaced dots", ["Crab Cakes. . .", ". 13.00"], ["Crab Cakes", "13.00"]],
  ["no dots at the number", ["Lentil Stew...", "$11.25"], ["Lentil Stew", "$11.25"]],
  ["a decimal point is none", ["Stamp..", ".75"], ["Stamp..", ".75"]],
  ["an ellipsis before words is none", ["And then...", "he left"], ["And then...", "he left"]],
  ["a full stop is none", ["Total.", "5"], ["Total.", "5"]],
])("leaders: %s", (_, cells, expected) => {
  expect(withoutLeaders(cells)).toEqual(expected);
});
