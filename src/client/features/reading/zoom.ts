/** How large a page is shown. Sizes in CSS pixels. */

/** `width` and `page` fit; a number is a factor of the fitting width. */
export type Zoom = "width" | "page" | number;

export interface Size {
  width: number;
  height: number;
}

const STEP = 1.25;
const LEAST = 0.1;
const MOST = 8;
/** Longer sides in which pictures are asked for: few, so that the browser's cache has them. */
const PICTURE_SIZES = [800, 1200, 1600, 2400];
/** Around the page, and at its foot, where the tools are. */
export const MARGIN = 16;
export const FOOT = 68;

/** The size of a picture, which a quarter turn lays on its side. */
export function turned({ width, height }: Size, quarters: number): Size {
  return quarters % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Pixels of the window for each pixel of the picture as it is turned. */
export function scaleOf(zoom: Zoom, picture: Size, pane: Size): number {
  const fitWidth = Math.max(1, pane.width - 2 * MARGIN) / picture.width;
  if (zoom === "width") return fitWidth;
  if (zoom === "page") {
    return Math.min(fitWidth, Math.max(1, pane.height - MARGIN - FOOT) / picture.height);
  }
  return fitWidth * zoom;
}

/** The present zoom as a number, one step larger or smaller. */
export function steppedZoom(factor: number, step: 1 | -1): number {
  return clampedZoom(step > 0 ? factor * STEP : factor / STEP);
}

export function clampedZoom(factor: number): number {
  return Math.min(MOST, Math.max(LEAST, factor));
}

/** What to ask the server for, so that the picture is sharp at this size. */
export function pictureSize(shown: Size, pixelRatio: number): number {
  const wanted = Math.max(shown.width, shown.height) * Math.min(pixelRatio, 2);
  return PICTURE_SIZES.find((size) => size >= wanted) ?? PICTURE_SIZES.at(-1) ?? 1200;
}
