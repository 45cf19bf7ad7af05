import { expect, test } from "bun:test";
import { toBmp, toGreyBmp } from "../../raster/bitmap.ts";
import { readBmp } from "./picture.ts";

const [width, height] = [5, 3];
const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) * 9);

test.each([
  ["of one byte a pixel", toGreyBmp({ width, height, data }), 1],
  ["of three", toBmp({ width, height, data }), 3],
] as const)("a BMP %s is read where it is", (_, bytes, channels) => {
  const picture = readBmp({ bytes, mime: "image/bmp", width, height });
  expect(picture).toMatchObject({ width, height, channels });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = picture.origin + y * picture.stride + x * channels;
      expect(picture.data[at]).toBe((y * width + x) * 9);
    }
  }
});

test.each([
  ["cut short", toGreyBmp({ width, height, data }).subarray(0, -1)],
  ["of another size", toBmp({ width: 4, height, data })],
  ["a header alone", toBmp({ width, height, data }).subarray(0, 40)],
  ["something else", new Uint8Array(2000)],
])("a BMP that is %s is refused", (_, bytes) => {
  expect(() => readBmp({ bytes, mime: "image/bmp", width, height })).toThrow("no complete BMP");
});
