/** The kinds of file that can be read. The bytes decide which one a file is, never its name. */
export const fileTypes = {
  pdf: { name: "PDF", mime: "application/pdf" },
  png: { name: "PNG", mime: "image/png" },
  jpeg: { name: "JPEG", mime: "image/jpeg" },
  webp: { name: "WebP", mime: "image/webp" },
  gif: { name: "GIF", mime: "image/gif" },
  bmp: { name: "BMP", mime: "image/bmp" },
  tiff: { name: "TIFF", mime: "image/tiff" },
  jp2: { name: "JPEG 2000", mime: "image/jp2" },
} as const;

export type FileType = keyof typeof fileTypes;

/** In the order in which they are listed for people. */
export const fileTypeIds = Object.keys(fileTypes).filter(isFileType);

function isFileType(value: string): value is FileType {
  return Object.hasOwn(fileTypes, value);
}

/** `PDF, PNG, …`, for messages. */
export const readableTypes = Object.values(fileTypes)
  .map((type) => type.name)
  .join(", ");
