/**
 * Finds scanned PDF pages that are exactly one JPEG over the whole page, which need no rendering.
 * Anything in doubt is rendered.
 */
import * as mupdf from "mupdf";
import { type JpegHeader, readJpegHeader } from "./jpeg.ts";

export interface FullPageJpeg {
  jpeg: JpegHeader;
  /** Degrees clockwise by which the picture has to be turned. */
  rotation: 0 | 90 | 180 | 270;
}

/** How far the image's edges may lie from the page's, and its aspect from the page's aspect. */
const TOLERANCE = 0.01;

export function findFullPageJpeg(page: mupdf.Page): FullPageJpeg | undefined {
  if (!(page instanceof mupdf.PDFPage)) return undefined;
  const image = onlyImage(page.getObject());
  if (!image) return undefined;
  const matrix = onlyDrawing(page);
  if (!matrix) return undefined;
  const [left, top, right, bottom] = page.getBounds();
  const rotation = rotationOf(matrix);
  if (rotation === undefined) return undefined;
  const drawn = mupdf.Rect.transform([0, 0, 1, 1], matrix);
  const near = (a: number, b: number, side: number): boolean => Math.abs(a - b) <= side * TOLERANCE;
  const width = right - left;
  const height = bottom - top;
  const covers =
    near(drawn[0], left, width) &&
    near(drawn[2], right, width) &&
    near(drawn[1], top, height) &&
    near(drawn[3], bottom, height);
  if (!covers) return undefined;
  const jpeg = commonJpeg(image);
  if (!jpeg) return undefined;
  const onSide = rotation === 90 || rotation === 270;
  const aspect = onSide ? jpeg.height / jpeg.width : jpeg.width / jpeg.height;
  return near(aspect, width / height, aspect) ? { jpeg, rotation } : undefined;
}

/** The single image among the page's resources, if it is a plain JPEG. */
function onlyImage(page: mupdf.PDFObject): mupdf.PDFObject | undefined {
  const resources = page.getInheritable("Resources");
  const objects = resources.isDictionary() ? resources.get("XObject") : mupdf.PDFObject.Null;
  if (!objects.isDictionary()) return undefined;
  const images: mupdf.PDFObject[] = [];
  objects.forEach((object) => {
    if (isNamed(object.get("Subtype"), "Image")) images.push(object);
  });
  const [image] = images;
  return images.length === 1 && image && isPlainJpeg(image) ? image : undefined;
}

function isNamed(object: mupdf.PDFObject, ...names: string[]): boolean {
  return object.isName() && names.includes(object.asName());
}

function isPlainJpeg(image: mupdf.PDFObject): boolean {
  const filter = image.get("Filter");
  const single = filter.isArray() && filter.length === 1 ? filter.get(0) : filter;
  if (!isNamed(single, "DCTDecode", "DCT")) return false;
  if (!isNamed(image.get("ColorSpace"), "DeviceRGB", "DeviceGray")) return false;
  return ["Decode", "DecodeParms", "Mask", "SMask", "SMaskInData", "ImageMask", "OC"].every((key) =>
    image.get(key).isNull(),
  );
}

function commonJpeg(image: mupdf.PDFObject): JpegHeader | undefined {
  const buffer = image.readRawStream();
  // The view is into WASM memory, which moves when it grows.
  const jpeg = readJpegHeader(buffer.asUint8Array().slice());
  buffer.destroy();
  const components = isNamed(image.get("ColorSpace"), "DeviceGray") ? 1 : 3;
  if (!jpeg?.common || jpeg.components !== components) return undefined;
  const matches =
    image.get("Width").asNumber() === jpeg.width && image.get("Height").asNumber() === jpeg.height;
  return matches ? jpeg : undefined;
}

/**
 * Plays the page, annotations included, without drawing.
 *
 * @returns where its only image goes, in page space; undefined where anything else could be seen.
 */
function onlyDrawing(page: mupdf.Page): mupdf.Matrix | undefined {
  const images: mupdf.Matrix[] = [];
  let other = false;
  const seen = (): void => {
    other = true;
  };
  const device = new mupdf.Device({
    fillImage: (_image, matrix, alpha) => {
      if (alpha === 1) images.push([...matrix]);
      else seen();
    },
    fillPath: seen,
    strokePath: seen,
    clipPath: seen,
    clipStrokePath: seen,
    fillText: seen,
    strokeText: seen,
    clipText: seen,
    clipStrokeText: seen,
    fillShade: seen,
    fillImageMask: seen,
    clipImageMask: seen,
    beginMask: seen,
    beginGroup: seen,
    // A tile that is not played is a tile that counts as seen.
    beginTile: () => {
      seen();
      return 0;
    },
  });
  try {
    page.run(device, mupdf.Matrix.identity);
    device.close();
  } finally {
    device.destroy();
  }
  return other || images.length !== 1 ? undefined : images[0];
}

/** Of upright quarter turns without mirroring; undefined for every other matrix. */
function rotationOf([a, b, c, d]: mupdf.Matrix): FullPageJpeg["rotation"] | undefined {
  const size = Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d);
  const flat = (value: number): boolean => Math.abs(value) < size * 1e-4;
  if (flat(b) && flat(c) && a > 0 && d > 0) return 0;
  if (flat(a) && flat(d) && b > 0 && c < 0) return 90;
  if (flat(b) && flat(c) && a < 0 && d < 0) return 180;
  if (flat(a) && flat(d) && b < 0 && c > 0) return 270;
  return undefined;
}
