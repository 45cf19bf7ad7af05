/** The part of Tesseract's API that is used here; the package has no types of its own. */
declare module "tesseract.js-core/tesseract-core-simd-lstm.js" {
  /** Handed out by Tesseract: belongs to the WASM heap until `destroy`. */
  export interface ResultIterator {
    Begin(): void;
    /** @returns whether there is one more. */
    Next(level: number): boolean;
    /** The empty string where nothing was recognised. */
    GetUTF8Text(level: number): string;
    /** Percent. */
    Confidence(level: number): number;
    IsAtBeginningOf(level: number): boolean;
    getBoundingBox(level: number): { x0: number; y0: number; x1: number; y1: number };
  }

  export interface BaseApi {
    /** @returns 0, or -1 where the language cannot be loaded. */
    Init(folder: string | null, language: string, engineMode: number): number;
    SetVariable(name: string, value: string): boolean;
    /** Takes the picture in the file `/input`. */
    SetImageFile(exif: number, angle: number): number;
    Recognize(monitor: null): number;
    GetIterator(): ResultIterator;
  }

  export interface Core {
    FS: {
      writeFile(path: string, bytes: Uint8Array, options: { canOwn: boolean }): void;
      unlink(path: string): void;
    };
    TessBaseAPI: new () => BaseApi;
    destroy(object: ResultIterator | BaseApi): void;
  }

  export default function createCore(options: {
    wasmBinary: Uint8Array;
    print: (text: string) => void;
    printErr: (text: string) => void;
  }): Promise<Core>;
}
