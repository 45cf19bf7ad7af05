/** A picture as it is seen from a line of text. */
import type { RotatedBox } from "./geometry.ts";
import type { Picture } from "./picture.ts";

export class LineView {
  readonly #picture: Picture;
  readonly #box: RotatedBox;
  readonly #cos: number;
  readonly #sin: number;
  /** Where the first pixel's green is, which is close enough to what the eye sees as brightness. */
  readonly #start: number;

  constructor(picture: Picture, box: RotatedBox) {
    this.#picture = picture;
    this.#box = box;
    this.#cos = Math.cos(box.angle);
    this.#sin = Math.sin(box.angle);
    this.#start = picture.origin + (picture.channels >> 1);
  }

  /**
   * @param u pixels along the line from the middle of its box.
   * @param v pixels below that middle.
   * @returns the level of the nearest pixel, 0–255; undefined outside of the picture.
   */
  levelAt(u: number, v: number): number | undefined {
    const { width, height, data, channels, stride } = this.#picture;
    const { center } = this.#box;
    const x = Math.round(center.x + u * this.#cos - v * this.#sin);
    const y = Math.round(center.y + u * this.#sin + v * this.#cos);
    if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
    return data[this.#start + y * stride + x * channels];
  }
}
