/** Every hostile or strange file of the data set gets what its manifest says. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pixelsOfPage } from "../../../tests/fixtures/page-pixels.ts";
import { type OddFile, readOddFiles } from "../../../tests/odd-manifest.ts";
import type { ErrorCode } from "../../shared/api-errors.ts";
import { SNIFF_BYTES, sniffFileType } from "../documents/sniff.ts";
import { AppError } from "../errors.ts";
import { createLogger } from "../logger.ts";
import type { ImageProfile } from "../page-image.ts";
import { type DocumentSource, type OpenLimits, Raster, type RenderedPage } from "./raster.ts";

const data = process.env["OCR_DATA"];
const files = data === undefined ? [] : readOddFiles(data);
const limits: OpenLimits = { maxPages: 1000, maxPixels: 120e6 };
const profile: ImageProfile = { longestSide: 1280, format: "bmp" };
const { signal } = new AbortController();
/** Pages drawn of each file. */
const PAGES_DRAWN = 3;

/** The code where the manifest's words leave it open which 4xx is right. */
const codes: Record<string, ErrorCode> = {
  "bomb_20K-gray.png": "too_many_pixels",
  "bomb_20K-gray.jpeg": "too_many_pixels",
  "bomb_png_rgb_20000.png": "too_many_pixels",
  "bomb_jpg_giant.jpg": "too_many_pixels",
  "bomb_gif_65535.gif": "file_damaged",
  "bomb_gif_extents.gif": "file_damaged",
  "bomb_tif_88-bytes.tif": "file_damaged",
  "tif_bigtiff.tif": "file_unsupported",
  "pdf_2000-pages.pdf": "too_many_pages",
  "pdf_10000-empty-pages.pdf": "too_many_pages",
  "pdf_zero-pages.pdf": "no_pages",
  "pdf_pike_cyclic-toc.pdf": "no_pages",
  "pdf_omp_invalid.pdf": "file_damaged",
  "pdf_pages-loop.pdf": "file_damaged",
  "elf-as.jpg": "file_unsupported",
  "text-as.png": "file_unsupported",
  "svg-billion-laughs.svg": "file_unsupported",
  "svg-external-file.svg": "file_unsupported",
};

/** Pages really there, where the manifest's column has the number that the file claims. */
const realPages: Record<string, number> = {
  "pdf_struct_T02-02_007_page-tree-wrong-count.pdf": 1,
};

const blankFiles = new Set([
  "png_fully-transparent.png",
  "pdf_page-1pt.pdf",
  "pdf_js_empty#hash.pdf",
]);

type Outcome =
  | { opened: false; code: ErrorCode; status: number }
  | { opened: true; pages: number; drawn: (RenderedPage | ErrorCode)[] };

let raster: Raster;

beforeAll(async () => {
  raster = new Raster({
    processes: 2,
    timeoutMs: 8000,
    memoryLimitMb: 1024,
    logger: createLogger("silent"),
  });
  await raster.warm();
});

afterAll(async () => {
  await raster[Symbol.asyncDispose]();
});

/** Anything but an `AppError` is thrown on: it means that the raster has a fault of its own. */
function refusal(error: unknown): { code: ErrorCode; status: number } {
  if (!(error instanceof AppError)) throw error;
  return { code: error.code, status: error.status };
}

async function read(path: string, password?: string): Promise<Outcome> {
  const type = sniffFileType(await Bun.file(path).slice(0, SNIFF_BYTES).bytes());
  if (!type) return { opened: false, code: "file_unsupported", status: 415 };
  const source: DocumentSource = { path, type, ...(password !== undefined && { password }) };
  try {
    const { pages, first } = await raster.open(source, limits, profile, signal);
    const drawn: (RenderedPage | ErrorCode)[] = [];
    for (let page = 1; page <= Math.min(pages, PAGES_DRAWN); page++) {
      drawn.push(first ?? (await draw(source, page)));
    }
    return { opened: true, pages, drawn };
  } catch (error) {
    return { opened: false, ...refusal(error) };
  }
}

async function draw(source: DocumentSource, page: number): Promise<RenderedPage | ErrorCode> {
  try {
    return await raster.render(source, page, limits, profile, signal);
  } catch (error) {
    const { code } = refusal(error);
    expect(["page_unreadable", "page_timeout", "page_memory", "too_many_pixels"]).toContain(code);
    return code;
  }
}

function expectOpened(
  file: OddFile,
  outcome: Outcome,
): asserts outcome is Outcome & { opened: true } {
  expect(outcome).toMatchObject({ opened: true });
  if (!outcome.opened) return;
  const pages = realPages[file.name] ?? file.pages;
  if (pages !== undefined) expect(outcome.pages).toBe(pages);
  expect(outcome.drawn[0]).toBeObject();
}

function expectRefused(file: OddFile, outcome: Outcome): void {
  expect(outcome).toMatchObject({ opened: false });
  if (outcome.opened) return;
  expect(outcome.status).toBeGreaterThanOrEqual(400);
  expect(outcome.status).toBeLessThan(500);
  const code = file.password === undefined ? codes[file.name] : "password_needed";
  if (code !== undefined) expect(outcome.code).toBe(code);
}

describe.skipIf(data === undefined)("every odd file gets what the manifest says", () => {
  test("the manifest is complete", () => {
    expect(files).toHaveLength(189);
  });

  test.each(files.map((file) => [file.name.slice(0, 60), file.expected, file] as const))(
    "%s: %s",
    async (_name, _expected, file) => {
      const outcome = await read(file.path);
      if (file.verdict === "refuse" || file.name in codes) {
        expectRefused(file, outcome);
      } else if (file.verdict === "open" || file.name in realPages) {
        expectOpened(file, outcome);
      } else if (outcome.opened) {
        expect(outcome.pages).toBeGreaterThan(0);
      } else {
        expectRefused(file, outcome);
      }
      if (blankFiles.has(file.name)) {
        expect(outcome).toMatchObject({ drawn: [{ blank: true }] });
      }
    },
    30_000,
  );

  test("nothing crashed", () => {
    expect(raster.lost).toBe(0);
  });
});

describe.skipIf(data === undefined)("a picture that says which side is up", () => {
  test.each([
    ["tif_g4-orientation-6.tif", 590, 88],
    ["jpg_portrait-exif-6.jpg", 853, 1280],
  ])("%s comes upright", async (name, width, height) => {
    const outcome = await read(join(data ?? "", "odd", name));
    expect(outcome).toMatchObject({ drawn: [{ image: { width, height } }] });
  });
});

describe.skipIf(data === undefined)("a password in the manifest", () => {
  const locked = files.filter((file) => file.password !== undefined);

  test.each(locked.map((file) => [file.name, file] as const))("opens %s", async (_name, file) => {
    expect(await read(file.path)).toMatchObject({ code: "password_needed" });
    expect(await read(file.path, "certainly wrong")).toMatchObject({ code: "password_wrong" });
    const outcome = await read(file.path, file.password);
    expect(outcome).toMatchObject({ opened: true, pages: 1 });
  });

  test("is known for all the files that have one", () => {
    expect(new Set(locked.map((file) => file.password))).toEqual(
      new Set(["Hello", "S\u00aaSL\u00adprep", "asdfzxcv", "foo", "pässwört", "test", "æøå"]),
    );
  });
});

describe.skipIf(data === undefined)(
  "the same print, stored in many ways, shows the same pixels",
  () => {
    const phototest = files.filter((file) =>
      /^(?:opens by content or 4xx: the text|reads as the text) of truth\/en_print_phototest/.test(
        file.expected,
      ),
    );

    test.each(phototest.map((file) => [file.name.slice(0, 60), file] as const))(
      "%s",
      async (_name, file) => {
        const outcome = await read(file.path);
        if (!outcome.opened) return expect(outcome.code).toBe("file_unsupported");
        const reference = await read(join(data ?? "", "truth", "en_print_phototest.tif"));
        const pictures: Uint8Array[] = [];
        for (const one of [outcome, reference]) {
          const page = one.opened ? one.drawn[0] : undefined;
          if (typeof page !== "object") throw new Error("not drawn");
          expect([page.image.width, page.image.height]).toEqual([640, 480]);
          pictures.push((await pixelsOfPage(page.image)).data);
        }
        const [a = new Uint8Array(0), b = new Uint8Array(0)] = pictures;
        let sum = 0;
        for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
        expect(sum / a.length).toBeLessThan(4);
      },
    );
  },
);
