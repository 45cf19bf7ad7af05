import { expect, test } from "bun:test";
import { Pace } from "./pace.ts";

test("the pace is the mean of the last pages, and unknown before the first", () => {
  const pace = new Pace();
  expect(pace.secondsPerPage).toBeUndefined();
  pace.add(1);
  pace.add(2);
  expect(pace.secondsPerPage).toBe(1.5);
  for (let page = 0; page < 20; page++) pace.add(4);
  expect(pace.secondsPerPage).toBe(4);
});
