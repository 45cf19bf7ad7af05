/** The connected regions of a probability map, and the box around each. */
import { fitBow } from "./bow.ts";
import { type Point, type RotatedBox, convexHull, minimumAreaBox } from "./geometry.ts";

/** Probability above which a pixel belongs to a line. */
const PIXEL_THRESHOLD = 0.3;
/** Mean probability above which a region is a line. */
const REGION_THRESHOLD = 0.55;
/** Pixels of the map; smaller regions are dirt. */
const SMALLEST_SIDE = 3;

/** The boxes around the regions of the probability map, each with its width along its longer side. */
export function findRegions(map: Float32Array, width: number, height: number): RotatedBox[] {
  const isOpen = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) isOpen[i] = Number((map[i] ?? 0) > PIXEL_THRESHOLD);
  const fill = new RegionFill(isOpen, width, height);
  const boxes: RotatedBox[] = [];
  for (let i = 0; i < map.length; i++) {
    if (isOpen[i] !== 1) continue;
    const pixels = fill.from(i);
    if (meanOf(map, pixels) < REGION_THRESHOLD) continue;
    const box = boxOf(pixels, width);
    if (box.height >= SMALLEST_SIDE) boxes.push(box);
  }
  return boxes;
}

function meanOf(map: Float32Array, pixels: Int32Array): number {
  let sum = 0;
  for (const pixel of pixels) sum += map[pixel] ?? 0;
  return sum / pixels.length;
}

function boxOf(pixels: Int32Array, width: number): RotatedBox {
  const box = longSideFirst(minimumAreaBox(convexHull(corners(pixels, width))));
  return fitBow(box, pixels, width) ?? box;
}

function longSideFirst(box: RotatedBox): RotatedBox {
  if (box.width >= box.height) return box;
  return { ...box, width: box.height, height: box.width, angle: box.angle + Math.PI / 2 };
}

/** The corners of the outermost pixels in each row, sorted by y. */
function corners(pixels: Int32Array, width: number): Point[] {
  // The first one of a region is of its uppermost row.
  const top = Math.floor((pixels[0] ?? 0) / width);
  const lefts: number[] = [];
  const rights: number[] = [];
  for (const pixel of pixels) {
    const y = Math.floor(pixel / width);
    const x = pixel - y * width;
    const row = y - top;
    if (!(x >= (lefts[row] ?? Infinity))) lefts[row] = x;
    if (!(x < (rights[row] ?? 0))) rights[row] = x + 1;
  }
  // A corner belongs to the row above it and to the row below it.
  return Array.from({ length: lefts.length + 1 }, (_, row) => [
    { x: Math.min(lefts[row - 1] ?? Infinity, lefts[row] ?? Infinity), y: top + row },
    { x: Math.max(rights[row - 1] ?? 0, rights[row] ?? 0), y: top + row },
  ]).flat();
}

/** Visits one region after the other, each pixel once. */
class RegionFill {
  readonly #isOpen: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #queue: Int32Array;

  constructor(isOpen: Uint8Array, width: number, height: number) {
    this.#isOpen = isOpen;
    this.#width = width;
    this.#height = height;
    this.#queue = new Int32Array(isOpen.length);
  }

  /** The pixels of the region around one of them; valid until the next call. */
  from(start: number): Int32Array {
    const width = this.#width;
    const height = this.#height;
    const isOpen = this.#isOpen;
    const queue = this.#queue;
    let size = 1;
    queue[0] = start;
    isOpen[start] = 0;
    for (let at = 0; at < size; at++) {
      const index = queue[at] ?? 0;
      const y = Math.floor(index / width);
      const x = index - y * width;
      const top = y > 0 ? -1 : 0;
      const bottom = y < height - 1 ? 1 : 0;
      const left = x > 0 ? -1 : 0;
      const right = x < width - 1 ? 1 : 0;
      for (let dy = top; dy <= bottom; dy++) {
        for (let dx = left; dx <= right; dx++) {
          const next = index + dy * width + dx;
          if (isOpen[next] !== 1) continue;
          isOpen[next] = 0;
          queue[size++] = next;
        }
      }
    }
    return queue.subarray(0, size);
  }
}
