/** A page as pixels: what the raster makes and the engines read. */

/** One page in the form that the engine's profile asks for. */
export interface PageImage {
  bytes: Uint8Array;
  /**
   * `image/bmp` is pixels without any decoding: from the bottom, uncompressed, 24 bits each, or, where
   * all are grey, 8 with a palette of 256 greys.
   */
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
