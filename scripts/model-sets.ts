/**
 * The sets of models that `bun run models:fetch` knows: PP-OCR models converted to ONNX, with their
 * dictionaries in their metadata, as RapidOCR publishes them.
 */

export interface ModelFile {
  /** Its name in the folder, and at the end of its address. */
  path: string;
  sha256: string;
}

export interface ModelSet {
  description: string;
  files: readonly ModelFile[];
}

/** Where the files are, unless `--from` says otherwise. */
export const MODELS_URL = "https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.9.2/onnx";

const detectionV5: ModelFile = {
  path: "PP-OCRv5/det/ch_PP-OCRv5_det_mobile.onnx",
  sha256: "4d97c44a20d30a81aad087d6a396b08f786c4635742afc391f6621f5c6ae78ae",
};

function setV5(script: string, description: string, sha256: string): ModelSet {
  const path = `PP-OCRv5/rec/${script}_PP-OCRv5_rec_mobile.onnx`;
  return { description, files: [detectionV5, { path, sha256 }] };
}

export const modelSets: Record<string, ModelSet> = {
  "v6-small": {
    description: "PP-OCRv6 small: Chinese, English, Japanese and Latin-script languages",
    files: [
      {
        path: "PP-OCRv6/det/PP-OCRv6_det_small.onnx",
        sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
      },
      {
        path: "PP-OCRv6/rec/PP-OCRv6_rec_small.onnx",
        sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
      },
    ],
  },
  v5: setV5(
    "ch",
    "PP-OCRv5 mobile: Chinese, English, Japanese",
    "5825fc7ebf84ae7a412be049820b4d86d77620f204a041697b0494669b1742c5",
  ),
  latin: setV5(
    "latin",
    "PP-OCRv5 mobile: Latin-script languages",
    "b20bd37c168a570f583afbc8cd7925603890efbcdc000a59e22c269d160b5f5a",
  ),
  cyrillic: setV5(
    "cyrillic",
    "PP-OCRv5 mobile: Cyrillic-script languages",
    "90f761b4bfcce0c8c561c0cb5c887b0971d3ec01c32164bdf7374a35b0982711",
  ),
  arabic: setV5(
    "arabic",
    "PP-OCRv5 mobile: Arabic-script languages",
    "c1192e632d0baa9146ae5b756a0e635e3dc63c1733737ebfd1629e87144e9295",
  ),
  korean: setV5(
    "korean",
    "PP-OCRv5 mobile: Korean",
    "cd6e2ea50f6943ca7271eb8c56a877a5a90720b7047fe9c41a2e541a25773c9b",
  ),
};
