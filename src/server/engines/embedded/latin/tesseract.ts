/**
 * Tesseract's recogniser in this process, as the package `tesseract.js-core` compiles it to
 * WebAssembly, with the languages that the packages `@tesseract.js-data/*` ship. It reads lines that
 * others have found and laid straight.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { BaseApi, Core } from "tesseract.js-core/tesseract-core-simd-lstm.js";
import type { LatinLanguage } from "./function-words.ts";

/** A character and where in the picture's width it stands, 0–1. */
export interface Glyph {
  text: string;
  /** 0–1. */
  confidence: number;
  center: number;
  /** Whether a word begins with it. */
  startsWord: boolean;
}

/** Rows from the top, one byte a pixel. */
export interface GreyPicture {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Tesseract's own names, and where their data are: the small integer models. */
const DATA: Record<LatinLanguage, { name: string; url: () => string }> = {
  de: {
    name: "deu",
    url: () => import.meta.resolve("@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz"),
  },
  fr: {
    name: "fra",
    url: () => import.meta.resolve("@tesseract.js-data/fra/4.0.0_best_int/fra.traineddata.gz"),
  },
  es: {
    name: "spa",
    url: () => import.meta.resolve("@tesseract.js-data/spa/4.0.0_best_int/spa.traineddata.gz"),
  },
  it: {
    name: "ita",
    url: () => import.meta.resolve("@tesseract.js-data/ita/4.0.0_best_int/ita.traineddata.gz"),
  },
  nl: {
    name: "nld",
    url: () => import.meta.resolve("@tesseract.js-data/nld/4.0.0_best_int/nld.traineddata.gz"),
  },
};
/** Of `OcrEngineMode`: the neural one alone. */
const LSTM_ONLY = 1;
/** Of `PageSegMode`: the picture is one line, taken as it is. */
const RAW_LINE = "13";
/** Of `PageIteratorLevel`. */
const WORD = 3;
const SYMBOL = 4;
const INPUT = "/input";
/** Spares the file system in memory its copy. */
const OWN = { canOwn: true } as const;

export class Tesseract {
  readonly #core: Core;
  readonly #apis = new Map<LatinLanguage, BaseApi>();

  private constructor(core: Core) {
    this.#core = core;
  }

  /** Takes 50 ms and 30 MiB; a language 20 ms and 5–30 MiB more at its first line. */
  static async load(): Promise<Tesseract> {
    const { default: createCore } = await import("tesseract.js-core/tesseract-core-simd-lstm.js");
    const url = import.meta.resolve("tesseract.js-core/tesseract-core-simd-lstm.wasm");
    const silent = (): void => {};
    const wasmBinary = readFileSync(new URL(url));
    return new Tesseract(await createCore({ wasmBinary, print: silent, printErr: silent }));
  }

  /** The characters of one line from its start to its end. */
  readLine(picture: GreyPicture, language: LatinLanguage): Glyph[] {
    const api = this.#api(language);
    this.#core.FS.writeFile(INPUT, toPgm(picture), OWN);
    api.SetImageFile(1, 0);
    api.Recognize(null);
    const iterator = api.GetIterator();
    const glyphs: Glyph[] = [];
    iterator.Begin();
    do {
      const text = iterator.GetUTF8Text(SYMBOL);
      if (text === "" || text === " ") continue;
      const { x0, x1 } = iterator.getBoundingBox(SYMBOL);
      glyphs.push({
        text,
        confidence: iterator.Confidence(SYMBOL) / 100,
        center: (x0 + x1) / 2 / picture.width,
        startsWord: iterator.IsAtBeginningOf(WORD),
      });
    } while (iterator.Next(SYMBOL));
    this.#core.destroy(iterator);
    return glyphs;
  }

  #api(language: LatinLanguage): BaseApi {
    const known = this.#apis.get(language);
    if (known) return known;
    const { name, url } = DATA[language];
    const file = `${name}.traineddata`;
    this.#core.FS.writeFile(file, gunzipSync(readFileSync(new URL(url()))), OWN);
    const api = new this.#core.TessBaseAPI();
    if (api.Init(null, name, LSTM_ONLY) !== 0) throw new Error(`Tesseract refuses ${name}`);
    this.#core.FS.unlink(file);
    api.SetVariable("tessedit_pageseg_mode", RAW_LINE);
    this.#apis.set(language, api);
    return api;
  }
}

/** The simplest of the formats that Tesseract opens. */
function toPgm({ width, height, data }: GreyPicture): Uint8Array {
  const header = new TextEncoder().encode(`P5 ${width} ${height} 255\n`);
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}
