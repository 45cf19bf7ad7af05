import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixelsOfPage } from "../../../tests/fixtures/page-pixels.ts";
import { multiPageTiff, textImage } from "../../../tests/fixtures/images.ts";
import { bombPdf, encryptedPdf, scanPdf, textPdf } from "../../../tests/fixtures/pdf.ts";
import { PdfWriter } from "../../../tests/fixtures/pdf-writer.ts";
import { tiff } from "../../../tests/fixtures/tiff.ts";
import type { FileType } from "../../shared/file-types.ts";
import { AppError } from "../errors.ts";
import { createLogger } from "../logger.ts";
import type { ImageProfile } from "../page-image.ts";
import { type DocumentSource, type OpenLimits, Raster } from "./raster.ts";

const limits: OpenLimits = { maxPages: 100, maxPixels: 50e6 };
const profile: ImageProfile = { longestSide: 640, format: "bmp" };
const { signal } = new AbortController();

let directory: string;
let raster: Raster;
let files = 0;

function newRaster(options: Partial<ConstructorParameters<typeof Raster>[0]> = {}): Raster {
  const logger = createLogger("silent");
  return new Raster({ processes: 2, timeoutMs: 20_000, memoryLimitMb: 1024, logger, ...options });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "raster-"));
  raster = newRaster();
  await raster.warm();
});

afterAll(async () => {
  await raster[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function stored(
  type: FileType,
  bytes: Uint8Array,
  password?: string,
): Promise<DocumentSource> {
  const path = join(directory, `file-${files++}`);
  await Bun.write(path, bytes);
  return { path, type, ...(password === undefined ? {} : { password }) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "no error";
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

const openCode = async (source: DocumentSource, of: OpenLimits = limits): Promise<string> =>
  await codeOf(raster.open(source, of, profile, signal));

describe("opening a file", () => {
  test("no process that could do it is the server's fault, not the file's", async () => {
    const pdf = await stored("pdf", textPdf([["One"]]));
    await using unlucky = newRaster({ processes: 1 });
    const opened = unlucky.open(pdf, limits, profile, signal).catch((error: unknown) => error);
    // The first and the one that takes its place, each before it is ready.
    const killed = new Set<number>();
    while (killed.size < 2) {
      for (const pid of unlucky.pids) if (!killed.has(pid)) process.kill(pid, "SIGKILL");
      for (const pid of unlucky.pids) killed.add(pid);
      await Bun.sleep(1);
    }
    expect(await opened).toMatchObject({ code: "internal" });
    expect(await unlucky.open(pdf, limits, profile, signal)).toEqual({ pages: 1 });
  });

  test("counts the pages of PDF and TIFF", async () => {
    const pdf = await stored("pdf", textPdf([["One"], ["Two"], ["Three"]]));
    expect(await raster.open(pdf, limits, profile, signal)).toEqual({ pages: 3 });
    const scans = await stored("tiff", multiPageTiff([["One"], ["Two"]]));
    expect(await raster.open(scans, limits, profile, signal)).toEqual({ pages: 2 });
  });

  test("an image comes decoded", async () => {
    const image = await stored("png", await textImage(["Hello"], "png"));
    const { pages, first } = await raster.open(image, limits, profile, signal);
    expect(pages).toBe(1);
    expect(first).toMatchObject({ blank: false, image: { width: 640, mime: "image/bmp" } });
  });

  test("an encrypted PDF asks for its password, and opens with it", async () => {
    const bytes = encryptedPdf([["Secret"]], "opensesame");
    expect(await openCode(await stored("pdf", bytes))).toBe("password_needed");
    expect(await openCode(await stored("pdf", bytes, "wrong"))).toBe("password_wrong");
    const source = await stored("pdf", bytes, "opensesame");
    expect(await raster.open(source, limits, profile, signal)).toEqual({ pages: 1 });
    expect((await raster.render(source, 1, limits, profile, signal)).blank).toBe(false);
  });

  test("a password that needs SASLprep opens as typed", async () => {
    const source = await stored(
      "pdf",
      encryptedPdf([["Secret"]], "SaSLprep"),
      "S\u00aaSL\u00adprep",
    );
    expect(await openCode(source)).toBe("no error");
  });

  test("limits on pages and pixels come before the work", async () => {
    const pages = await stored("pdf", textPdf(Array.from({ length: 6 }, () => [])));
    expect(await openCode(pages, { ...limits, maxPages: 5 })).toBe("too_many_pages");
    expect(await openCode(pages, { ...limits, maxPages: 6 })).toBe("no error");
    for (const type of ["png", "tiff"] as const) {
      const image = await stored(type, await textImage(["Hello"], type));
      expect(await openCode(image, { ...limits, maxPixels: 1000 })).toBe("too_many_pixels");
    }
  });

  test("a document without pages says so", async () => {
    expect(await openCode(await stored("pdf", textPdf([])))).toBe("no_pages");
  });

  test.each<FileType>(["pdf", "png", "jpeg", "webp", "gif", "bmp", "tiff", "jp2"])(
    "a %s file that is only a header is damaged",
    async (type) => {
      const garbage = new TextEncoder().encode("%PDF-1.7\nnothing of the kind");
      expect(await openCode(await stored(type, garbage))).toBe("file_damaged");
    },
  );

  test("a PDF that lost its end is repaired, and one that lost its pages is refused", async () => {
    const bytes = textPdf(Array.from({ length: 20 }, (_, i) => [`Page ${i + 1}`]));
    const table = new TextDecoder("latin1").decode(bytes).indexOf("xref");
    const cut = await stored("pdf", bytes.subarray(0, table));
    expect(await raster.open(cut, limits, profile, signal)).toEqual({ pages: 20 });
    expect((await raster.render(cut, 20, limits, profile, signal)).blank).toBe(false);
    expect(await openCode(await stored("pdf", bytes.subarray(0, 1000)))).toBe("no_pages");
  });

  test("a page tree that lies is counted anew, and the real page is drawn", async () => {
    const honest = new TextDecoder("latin1").decode(textPdf([["Only page"]]));
    const lying = Uint8Array.from(honest.replace("/Count 1", "/Count 9"), (c) => c.charCodeAt(0));
    const source = await stored("pdf", lying);
    expect(await raster.open(source, limits, profile, signal)).toEqual({ pages: 1 });
    expect((await raster.render(source, 1, limits, profile, signal)).blank).toBe(false);
  });

  test("a page tree that is a loop ends", async () => {
    const writer = new PdfWriter();
    const tree = writer.reserve();
    const source = await stored("pdf", writer.finish([tree], tree));
    expect(await openCode(source)).toBe("file_damaged");
  });
});

describe("a page of a hostile file", () => {
  test("that draws for ever is given up, and its neighbours are drawn", async () => {
    await using small = newRaster({ processes: 1, timeoutMs: 1500 });
    await small.warm();
    const source = await stored("pdf", bombPdf("time"));
    expect(await small.open(source, limits, profile, signal)).toEqual({ pages: 3 });
    const render = async (page: number): Promise<string> =>
      await codeOf(small.render(source, page, limits, profile, signal));
    expect(await render(2)).toBe("page_timeout");
    expect(await render(3)).toBe("no error");
    expect(await render(1)).toBe("no error");
    expect(small.lost).toBe(1);
  });

  test("that eats memory is given up, and its neighbours are drawn", async () => {
    await using small = newRaster({ processes: 1, memoryLimitMb: 350 });
    await small.warm();
    const source = await stored("pdf", bombPdf("memory"));
    const render = async (page: number): Promise<string> =>
      await codeOf(small.render(source, page, limits, profile, signal));
    expect(await render(1)).toBe("no error");
    expect(await render(2)).toBe("page_memory");
    expect(await render(3)).toBe("no error");
  });

  test("that does not exist is unreadable", async () => {
    const source = await stored("pdf", textPdf([["One"]]));
    expect(await codeOf(raster.render(source, 2, limits, profile, signal))).toBe("page_unreadable");
  });

  test("an image page over the pixel limit fails alone", async () => {
    const side = 300;
    const data = new Uint8Array(side * side * 3);
    const small = { width: 10, height: 10, data: data.subarray(0, 300) };
    const large = { width: side, height: side, data };
    const source = await stored("tiff", tiff([{ pixels: small }, { pixels: large }]));
    const tight = { ...limits, maxPixels: 10_000 };
    expect(await raster.open(source, tight, profile, signal)).toEqual({ pages: 2 });
    expect(await codeOf(raster.render(source, 1, tight, profile, signal))).toBe("no error");
    expect(await codeOf(raster.render(source, 2, tight, profile, signal))).toBe("too_many_pixels");
  });
});

test("a TIFF page is put upright by its orientation tag", async () => {
  const data = new Uint8Array(20 * 10 * 3).fill(255);
  // Black on the left, so on top once it is turned clockwise.
  for (let y = 0; y < 10; y++) data.fill(0, y * 60, y * 60 + 30);
  const pixels = { width: 20, height: 10, data };
  const source = await stored("tiff", tiff([{ pixels, orientation: 6 }, { pixels }]));
  const turned = await raster.render(source, 1, limits, profile, signal);
  expect([turned.image.width, turned.image.height]).toEqual([10, 20]);
  const drawn = await pixelsOfPage(turned.image);
  expect([drawn.data.at(0), drawn.data.at(-1)]).toEqual([0, 255]);
  const plain = await raster.render(source, 2, limits, profile, signal);
  expect([plain.image.width, plain.image.height]).toEqual([20, 10]);
});

describe("the processes behind it", () => {
  test("a page is drawn again when its process dies under it", async () => {
    await using small = newRaster({ processes: 1 });
    await small.warm();
    const source = await stored("pdf", textPdf([["One"]]));
    const [pid = 0] = small.pids;
    // Stopped, it takes the task and cannot answer.
    process.kill(pid, "SIGSTOP");
    const page = small.render(source, 1, limits, profile, signal);
    process.kill(pid, "SIGKILL");
    expect((await page).blank).toBe(false);
    expect(small.pids).not.toContain(pid);
    expect(small.lost).toBe(1);
  });

  test("that do not answer are killed, and the file is said to take too long", async () => {
    await using small = newRaster({ processes: 1, timeoutMs: 1000 });
    await small.warm();
    const source = await stored("pdf", textPdf([["One"]]));
    const [pid = 0] = small.pids;
    process.kill(pid, "SIGSTOP");
    expect(await codeOf(small.open(source, limits, profile, signal))).toBe("open_timeout");
    expect(await codeOf(small.open(source, limits, profile, signal))).toBe("no error");
  });

  test("are replaced after so many pages, without anybody noticing", async () => {
    await using small = newRaster({ processes: 1, recycleAfterPages: 2 });
    await small.warm();
    const source = await stored("pdf", textPdf([["One"]]));
    const pids = new Set<number>();
    for (let i = 0; i < 6; i++) {
      await small.render(source, 1, limits, profile, signal);
      for (const pid of small.pids) pids.add(pid);
    }
    expect(pids.size).toBeGreaterThanOrEqual(3);
    expect(small.lost).toBe(0);
  });

  test("two documents at once do not get mixed up", async () => {
    const wide = await stored("pdf", textPdf([["Wide"]], { width: 800, height: 400 }));
    const high = await stored("pdf", textPdf([["High"]], { width: 400, height: 800 }));
    const sides = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { image } = await raster.render(i % 2 ? wide : high, 1, limits, profile, signal);
        return image.width > image.height;
      }),
    );
    expect(sides).toEqual(Array.from({ length: 12 }, (_, i) => i % 2 === 1));
  });

  test("stop when nobody wants the page any more", async () => {
    await using small = newRaster({ processes: 1 });
    await small.warm();
    const source = await stored("pdf", bombPdf("time", 2, 1));
    const controller = new AbortController();
    const page = codeOf(small.render(source, 1, limits, profile, controller.signal));
    controller.abort(new Error("nobody reads this"));
    expect(await page).toContain("nobody reads this");
    const other = small.render(source, 2, limits, profile, signal);
    expect((await other).blank).toBe(false);
  });
});

test("a scan and its digital original are both drawn at the size asked for", async () => {
  const lines = [["The same page twice"]];
  const digital = await stored("pdf", textPdf(lines));
  const scan = await stored("pdf", await scanPdf(lines));
  for (const source of [digital, scan]) {
    const { image } = await raster.render(source, 1, limits, profile, signal);
    expect([image.width, image.height]).toEqual([452, 640]);
  }
});
