/**
 * Where there is text: the DB detection model gives each pixel a probability, and each connected
 * region above a threshold is the core of a line. Source: Liao et al., "Real-time Scene Text
 * Detection with Differentiable Binarization" (AAAI 2020), and PaddleOCR's post-processing.
 */
import { type Point, type RotatedBox, convexHull, minimumAreaBox } from "./geometry.ts";
import { type Models, runModel } from "./models.ts";
import type { Picture } from "./picture.ts";
import { toTensor } from "./resample.ts";

/** Pixels of the longer side that the model looks at. */
const LONGEST_SIDE = 1280;
/** Smaller pictures are enlarged, so that their print is large enough to be seen. */
const SHORTEST_SIDE = 736;
/** The model halves its input five times. */
const MULTIPLE = 32;
/** Probability above which a pixel belongs to a line. */
const PIXEL_THRESHOLD = 0.3;
/** Mean probability above which a region is a line. */
const REGION_THRESHOLD = 0.5;
/** How far the core of a line is blown up: the model is trained on shrunken lines. */
const UNCLIP_RATIO = 1.6;
/** Pixels of the map; smaller regions are dirt. */
const SMALLEST_SIDE = 3;
/** The model is trained on pictures normalised so, channel by channel (ImageNet). */
const NORMALIZATION = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/** The lines of text of a picture, in no order, in its pixels. */
export async function detectLines(models: Models, picture: Picture): Promise<RotatedBox[]> {
  const { width, height } = detectionSize(picture);
  const tensor = toTensor(picture, width, height, NORMALIZATION);
  const map = await runModel(models.detection, tensor, [1, 3, height, width]);
  const scaleX = picture.width / width;
  const scaleY = picture.height / height;
  return findRegions(map.data, width, height)
    .map((region) => unclip(region))
    .map((box) => scaleBox(box, scaleX, scaleY));
}

function detectionSize({ width, height }: Picture): { width: number; height: number } {
  const longest = Math.max(width, height);
  const shortest = Math.min(width, height);
  const wanted = Math.max(1, SHORTEST_SIDE / shortest);
  const scale = Math.min(wanted, LONGEST_SIDE / longest);
  const fit = (side: number): number =>
    Math.max(MULTIPLE, Math.round((side * scale) / MULTIPLE) * MULTIPLE);
  return { width: fit(width), height: fit(height) };
}

/** The boxes around the regions of the probability map. */
export function findRegions(map: Float32Array, width: number, height: number): RotatedBox[] {
  const isOpen = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) isOpen[i] = Number((map[i] ?? 0) > PIXEL_THRESHOLD);
  const fill = new RegionFill(map, isOpen, width, height);
  const boxes: RotatedBox[] = [];
  for (let i = 0; i < map.length; i++) {
    if (isOpen[i] !== 1) continue;
    const { probability, outline } = fill.from(i);
    const box = minimumAreaBox(convexHull(outline));
    const isLarge = Math.min(box.width, box.height) >= SMALLEST_SIDE;
    if (isLarge && probability / (box.width * box.height) >= REGION_THRESHOLD) boxes.push(box);
  }
  return boxes;
}

/** Visits one region after the other, each pixel once. */
class RegionFill {
  readonly #map: Float32Array;
  readonly #isOpen: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #stack: Int32Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;

  constructor(map: Float32Array, isOpen: Uint8Array, width: number, height: number) {
    this.#map = map;
    this.#isOpen = isOpen;
    this.#width = width;
    this.#height = height;
    this.#stack = new Int32Array(map.length);
    this.#left = new Int32Array(height);
    this.#right = new Int32Array(height);
  }

  /**
   * @returns the sum of the region's probabilities, and the corners of its outermost pixels in each
   *   row, sorted by y.
   */
  from(start: number): { probability: number; outline: Point[] } {
    const width = this.#width;
    const isOpen = this.#isOpen;
    let [top, bottom, probability, size] = [this.#height, -1, 0, 0];
    const visit = (index: number): void => {
      isOpen[index] = 2;
      this.#stack[size++] = index;
    };
    visit(start);
    this.#left.fill(width);
    this.#right.fill(-1);
    while (size > 0) {
      const index = this.#stack[--size] ?? 0;
      const y = Math.floor(index / width);
      const x = index - y * width;
      probability += this.#map[index] ?? 0;
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      if (x < (this.#left[y] ?? 0)) this.#left[y] = x;
      if (x > (this.#right[y] ?? 0)) this.#right[y] = x;
      for (let dy = y > 0 ? -1 : 0; dy <= (y < this.#height - 1 ? 1 : 0); dy++) {
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
          const next = index + dy * width + dx;
          if (isOpen[next] === 1) visit(next);
        }
      }
    }
    return { probability, outline: this.#outline(top, bottom) };
  }

  #outline(top: number, bottom: number): Point[] {
    const points: Point[] = [];
    const rowAt = (y: number): { left: number; right: number } => ({
      left: this.#left[y] ?? 0,
      right: (this.#right[y] ?? 0) + 1,
    });
    for (let y = top; y <= bottom + 1; y++) {
      // A corner belongs to the row above it and to the row below it.
      const above = rowAt(Math.max(top, y - 1));
      const below = rowAt(Math.min(bottom, y));
      points.push({ x: Math.min(above.left, below.left), y });
      points.push({ x: Math.max(above.right, below.right), y });
    }
    return points;
  }
}

function unclip(box: RotatedBox): RotatedBox {
  const distance = (box.width * box.height * UNCLIP_RATIO) / (2 * (box.width + box.height));
  return { ...box, width: box.width + 2 * distance, height: box.height + 2 * distance };
}

function scaleBox(box: RotatedBox, scaleX: number, scaleY: number): RotatedBox {
  // The two differ by the rounding to a multiple alone, so the angle stays.
  const scale = (scaleX + scaleY) / 2;
  return {
    center: { x: box.center.x * scaleX, y: box.center.y * scaleY },
    width: box.width * (Math.abs(box.angle) < 0.01 ? scaleX : scale),
    height: box.height * (Math.abs(box.angle) < 0.01 ? scaleY : scale),
    angle: box.angle,
  };
}
