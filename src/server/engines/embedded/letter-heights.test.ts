import { describe, expect, test } from "bun:test";
import type { Character } from "./ctc.ts";
import { measureHeights } from "./letter-heights.ts";
import { packedPicture } from "./picture.ts";

const [WIDTH, HEIGHT, PITCH] = [400, 40, 20];
const [CAPITAL, SMALL, BASE] = [8, 16, 32];

/** Each character a stroke that begins at its own height, on a line of the picture's size. */
function measured(letters: readonly { text: string; top: number }[], paper = 240, ink = 20) {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(paper);
  const characters = letters.map(({ text, top }, index): Character => {
    const left = index * PITCH + 5;
    for (let y = top; y < BASE; y++) {
      data.fill(ink, (y * WIDTH + left) * 3, (y * WIDTH + left + 10) * 3);
    }
    const center = (left + 5) / WIDTH;
    return { text, confidence: 1, center, spaceBefore: 0, others: [], missed: [] };
  });
  const box = { center: { x: WIDTH / 2, y: HEIGHT / 2 }, width: WIDTH, height: HEIGHT, angle: 0 };
  return measureHeights(packedPicture(WIDTH, HEIGHT, data), box, characters);
}

const high = (text: string) => ({ text, top: CAPITAL });
const low = (text: string) => ({ text, top: SMALL });

describe("letters that look like their capitals", () => {
  test.each([
    ["dark on light", 240, 20],
    ["light on dark", 20, 240],
  ])("are measured beside others, %s", (_, paper, ink) => {
    const line = [high("o"), low("n"), low("o"), high("l"), low("a"), high("h"), low("e")];
    const heights = measured(line, paper, ink).map(({ isHigh }) => isHigh);
    expect(heights).toEqual([true, undefined, false, ...Array<undefined>(4)]);
  });

  test("are capitals where they rise half as high as ascenders, as in typewriters' print", () => {
    const line = [{ text: "w", top: (CAPITAL + SMALL) / 2 }, low("n"), high("l"), low("e")];
    expect(measured(line)[0]?.isHigh).toBe(true);
  });

  test("are told by the low letters alone where no high one is near", () => {
    const heights = [high("o"), low("c")].map(
      (one) => measured([one, ...["m", "e", "n", "u"].map(low)])[0],
    );
    expect(heights.map((one) => one?.isHigh)).toEqual([true, false]);
  });

  test("are in doubt where no low one is near, between both, and under other ink", () => {
    expect(measured([high("o"), high("h"), high("l")])[0]?.isHigh).toBeUndefined();
    for (const top of [13, 0]) {
      const line = [{ text: "o", top }, low("n"), high("l"), low("e")];
      expect(measured(line)[0]?.isHigh).toBeUndefined();
    }
    for (const top of [14, 0]) {
      const line = [{ text: "o", top }, low("n"), low("e")];
      expect(measured(line)[0]?.isHigh).toBeUndefined();
    }
  });
});
