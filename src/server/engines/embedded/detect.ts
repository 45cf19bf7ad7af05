/**
 * Where there is text: the DB detection model gives each pixel a probability, and each connected
 * region above a threshold is the core of a line. Source: Liao et al., "Real-time Scene Text
 * Detection with Differentiable Binarization" (AAAI 2020), and PaddleOCR's post-processing.
 */
import type { RotatedBox } from "./geometry.ts";
import { type Models, runModel } from "./models.ts";
import type { Picture } from "./picture.ts";
import { type Part, printBounds } from "./print-bounds.ts";
import { findRegions } from "./regions.ts";
import { cropToTensor } from "./resample.ts";
import { toTensor } from "./resize.ts";

/** Pixels of the longer side that the model looks at. */
const LONGEST_SIDE = 1280;
/** Smaller pictures are enlarged, so that their print is large enough to be seen. */
const SHORTEST_SIDE = 736;
/** The model halves its input five times. */
const MULTIPLE = 32;
/** Left around the print, in the pixels that the model sees. */
const PAPER_AROUND = 16;
/** How far the core of a line is blown up: the model is trained on shrunken lines. */
const UNCLIP_RATIO = 1.6;
/** The model is trained on pictures normalised so, channel by channel (ImageNet). */
const NORMALIZATION = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

interface Size {
  width: number;
  height: number;
}

/** The lines of text of a picture, in no order, in its pixels. One picture at a time in a process. */
export async function detectLines(models: Models, picture: Picture): Promise<RotatedBox[]> {
  const size = detectionSize(picture);
  const part = printedPart(picture, size);
  if (!part) return [];
  const tensor = toTensor(picture, size, part, NORMALIZATION);
  const boxes = await findBoxes(models, tensor, part);
  return boxes
    .map((box) => movedBy(box, part.left, part.top))
    .map((box) => scaleBox(box, picture.width / size.width, picture.height / size.height));
}

/** The same of a part of it, laid straight. */
export async function detectLinesIn(
  models: Models,
  picture: Picture,
  frame: RotatedBox,
): Promise<RotatedBox[]> {
  const size = detectionSize(frame);
  const tensor = cropToTensor(picture, frame, size.width, size.height, NORMALIZATION);
  const boxes = await findBoxes(models, tensor, size);
  return boxes
    .map((box) => scaleBox(box, frame.width / size.width, frame.height / size.height))
    .map((box) => fromFrame(box, frame));
}

/** @returns the boxes in the pixels of the tensor. */
async function findBoxes(
  models: Models,
  tensor: Float32Array,
  { width, height }: Size,
): Promise<RotatedBox[]> {
  const [map] = await runModel(models.detection, tensor, [1, 3, height, width]);
  if (!map) throw new Error("the detection model gives nothing");
  return findRegions(map.data, width, height).map((region) => unclip(region));
}

/**
 * Of the picture as the model is to see it. It begins and ends where the model's smallest maps have
 * their points, so that each pixel is what it is in the whole picture. The model's gates, which look at
 * the mean of all, see less paper.
 */
function printedPart(picture: Picture, size: Size): Part | undefined {
  const bounds = printBounds(picture);
  if (!bounds) return undefined;
  const { width, height } = picture;
  const across = printedStretch(bounds.left, bounds.width, size.width / width, size.width);
  const down = printedStretch(bounds.top, bounds.height, size.height / height, size.height);
  return { left: across.from, top: down.from, width: across.length, height: down.length };
}

function printedStretch(
  from: number,
  length: number,
  scale: number,
  end: number,
): { from: number; length: number } {
  const first = Math.floor((from * scale - PAPER_AROUND) / MULTIPLE) * MULTIPLE;
  const last = Math.ceil(((from + length) * scale + PAPER_AROUND) / MULTIPLE) * MULTIPLE;
  const start = Math.max(0, first);
  return { from: start, length: Math.min(end, last) - start };
}

function movedBy(box: RotatedBox, x: number, y: number): RotatedBox {
  return { ...box, center: { x: box.center.x + x, y: box.center.y + y } };
}

/** From the pixels of a frame, counted from its corner, to those of the picture. */
function fromFrame(box: RotatedBox, frame: RotatedBox): RotatedBox {
  const [u, v] = [box.center.x - frame.width / 2, box.center.y - frame.height / 2];
  const [cos, sin] = [Math.cos(frame.angle), Math.sin(frame.angle)];
  const center = {
    x: frame.center.x + u * cos - v * sin,
    y: frame.center.y + u * sin + v * cos,
  };
  return { ...box, center, angle: box.angle + frame.angle };
}

function detectionSize({ width, height }: Size): Size {
  const wanted = Math.max(1, SHORTEST_SIDE / Math.min(width, height));
  const scale = Math.min(wanted, LONGEST_SIDE / Math.max(width, height));
  const fit = (side: number): number =>
    Math.max(MULTIPLE, Math.round((side * scale) / MULTIPLE) * MULTIPLE);
  return { width: fit(width), height: fit(height) };
}

function unclip(box: RotatedBox): RotatedBox {
  const distance = (box.width * box.height * UNCLIP_RATIO) / (2 * (box.width + box.height));
  return { ...box, width: box.width + 2 * distance, height: box.height + 2 * distance };
}

function scaleBox(box: RotatedBox, scaleX: number, scaleY: number): RotatedBox {
  // The two differ by the rounding to a multiple alone, so the angle stays.
  const along = Math.hypot(scaleX * Math.cos(box.angle), scaleY * Math.sin(box.angle));
  const across = Math.hypot(scaleX * Math.sin(box.angle), scaleY * Math.cos(box.angle));
  const { bow } = box;
  return {
    center: { x: box.center.x * scaleX, y: box.center.y * scaleY },
    width: box.width * along,
    height: box.height * across,
    angle: box.angle,
    ...(bow && { bow: [bow[0] * across, bow[1] * across, bow[2] * across, bow[3] * across] }),
  };
}
