import { describe, expect, test } from "bun:test";
import { withFormulas } from "./formulas.ts";

describe("formulas", () => {
  test("are found however they are marked", () => {
    expect(withFormulas("so \\(a^2\\) and $b_1$ and $$c$$")).toBe(
      "so $$a^2$$ and $$b_1$$ and $$c$$",
    );
    expect(withFormulas("then \\[ \\frac{1}{2} \\] holds")).toBe(
      "then \n\n$$\n\\frac{1}{2}\n$$\n\n holds",
    );
  });

  test("are not what things cost", () => {
    expect(withFormulas("$10.00 and $1.50, US$5_000 or $3")).toBeUndefined();
    expect(withFormulas("no dollars at all")).toBeUndefined();
  });

  test("are of a length that a page can have", () => {
    expect(withFormulas(`$$${"{".repeat(3000)}$$`)).toBeUndefined();
    const begun = performance.now();
    withFormulas("$_".repeat(50_000));
    withFormulas("\\[".repeat(50_000));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
