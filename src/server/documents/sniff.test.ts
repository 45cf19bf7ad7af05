import { describe, expect, test } from "bun:test";
import { type DrawnFormat, multiPageTiff, textImage } from "../../../tests/fixtures/images.ts";
import { encryptedPdf, textPdf } from "../../../tests/fixtures/pdf.ts";
import { SNIFF_BYTES, sniffFileType } from "./sniff.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const head = (file: Uint8Array): Uint8Array => file.subarray(0, SNIFF_BYTES);

describe("the type of a file is told by its bytes", () => {
  test.each<DrawnFormat>(["png", "jpeg", "webp", "gif", "bmp", "tiff"])(
    "%s image",
    async (format) => {
      expect(sniffFileType(head(await textImage(["Hello"], format)))).toBe(format);
    },
  );

  test("PDF, plain and encrypted", () => {
    expect(sniffFileType(head(textPdf([["Hello"]])))).toBe("pdf");
    expect(sniffFileType(head(encryptedPdf([["Hello"]], "secret")))).toBe("pdf");
  });

  test("PDF whose header comes late", () => {
    expect(sniffFileType(text("\ufeff%PDF-1.4\n"))).toBe("pdf");
    expect(sniffFileType(text(`${"x".repeat(1000)}%PDF-1.4\n`))).toBe("pdf");
    expect(sniffFileType(text(`${"x".repeat(1100)}%PDF-1.4\n`))).toBeUndefined();
  });

  test("PDF whose header lost its PDF, but not a comment that looks like it", () => {
    expect(sniffFileType(text("%1.4\n%abcd\n1 0 obj\n<<>>"))).toBe("pdf");
    expect(sniffFileType(text("%1.4 is a number\nand this is a text"))).toBeUndefined();
  });

  test("both byte orders of TIFF and BigTIFF", () => {
    expect(sniffFileType(head(multiPageTiff([["Hello"]])))).toBe("tiff");
    expect(sniffFileType(bytes(0x4d, 0x4d, 0, 42, 0, 0, 0, 8))).toBe("tiff");
    expect(sniffFileType(bytes(0x49, 0x49, 43, 0, 8, 0, 0, 0))).toBe("tiff");
    expect(sniffFileType(bytes(0x4d, 0x4d, 0, 43, 0, 8, 0, 0))).toBe("tiff");
  });

  test("JPEG 2000 in its box and bare", () => {
    const box = bytes(0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a);
    expect(sniffFileType(box)).toBe("jp2");
    expect(sniffFileType(bytes(0xff, 0x4f, 0xff, 0x51, 0, 47))).toBe("jp2");
  });

  test("what cannot be read has no type", () => {
    const others = [
      "",
      "B",
      "BM is how this letter begins, and it is no bitmap",
      "<svg xmlns='http://www.w3.org/2000/svg'/>",
      "RIFF\0\0\0\0WAVEfmt ",
      "\u007fELF",
      "\0\0\0\u0018ftypheic",
      "Just a text",
    ];
    for (const other of others) expect(sniffFileType(text(other))).toBeUndefined();
  });
});
