/** A page as pixels: what the raster makes and the engines read. */

/** One page in the form that the engine's profile asks for. */
export interface PageImage {
  bytes: Uint8Array;
  /** `image/bmp` is always 24-bit, bottom-up, uncompressed: pixels without any decoding. */
  mime: "image/jpeg" | "image/png" | "image/bmp";
  /** In pixels. */
  width: number;
  height: number;
}

/** What an engine wants to be handed. */
export interface ImageProfile {
  /** Pixels of the longer side at most; vector pages are rendered at just this size. */
  longestSide: number;
  format: "jpeg" | "png" | "bmp";
}
