/**
 * `bun scripts/channel-means.ts`: measures the means of the channels that the large layers of both
 * recognisers see, for their eight-bit form (`graph/int8.ts`), and writes them beside the engine. Wanted
 * after a change of the models or of how they are rewritten. The pages are the dashboard's samples,
 * which the project drew itself, as they are and at half their size.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { detectLines } from "../src/server/engines/embedded/detect.ts";
import { exposeLayers } from "../src/server/engines/embedded/graph/rewrite.ts";
import { shippedModels } from "../src/server/engines/embedded/model-files.ts";
import { type Floats, loadModels } from "../src/server/engines/embedded/models.ts";
import { embeddedProfile } from "../src/server/engines/embedded/engine.ts";
import { type Picture, packedPicture, readBmp } from "../src/server/engines/embedded/picture.ts";
import { INPUTS, lineToTensor } from "../src/server/engines/embedded/recognize.ts";
import { createLogger } from "../src/server/logger.ts";
import { Raster } from "../src/server/raster/raster.ts";
import { pixelsOfPage } from "../tests/fixtures/page-pixels.ts";
import { halfSize } from "../tests/fixtures/turned.ts";
import { root, say } from "./terminal.ts";

const SAMPLES = ["invoice.png", "notice-zh.png", "two-columns.png"];
const DIGITS = 3;

async function drawSamples(): Promise<Picture[]> {
  const logger = createLogger("warn");
  await using raster = new Raster({ processes: 1, timeoutMs: 60_000, memoryLimitMb: 2048, logger });
  const limits = { maxPages: 1, maxPixels: 50e6 };
  const { signal } = new AbortController();
  const pictures: Picture[] = [];
  for (const name of SAMPLES) {
    const path = join(root, "src/client/public/samples", name);
    const file = { path, type: "png" } as const;
    const { image } = await raster.render(file, 1, limits, embeddedProfile, signal);
    const half = halfSize(await pixelsOfPage(image));
    pictures.push(readBmp(image), packedPicture(half.width, half.height, half.data));
  }
  return pictures;
}

/** Adds up what a layer sees: channels, each a plane. */
class Sums {
  #points = 0;
  readonly #sums: number[] = [];

  add(data: Float32Array, channels: number): void {
    const points = data.length / channels;
    for (let channel = 0; channel < channels; channel++) {
      const plane = data.subarray(channel * points, (channel + 1) * points);
      this.#sums[channel] =
        (this.#sums[channel] ?? 0) + plane.reduce((sum, value) => sum + value, 0);
    }
    this.#points += points;
  }

  means(): number[] {
    return this.#sums.map((sum) => Number((sum / this.#points).toPrecision(DIGITS)));
  }
}

/** @returns the means of the channels that each large layer of a model sees, by the layer's input. */
async function measure(
  path: string,
  lines: readonly Floats[],
): Promise<Record<string, readonly number[]>> {
  const { model, names } = exposeLayers(readFileSync(path));
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const [input = ""] = session.inputNames;
  const layers = new Map(names.map((name) => [name, new Sums()]));
  for (const { data, dims } of lines) {
    const results = await session.run({ [input]: new ort.Tensor("float32", data, dims) }, names);
    for (const [name, sums] of layers) {
      const result = results[name];
      if (!(result?.data instanceof Float32Array)) throw new Error(`${name} gave no floats`);
      sums.add(result.data, result.dims[1] ?? 1);
    }
  }
  return Object.fromEntries([...layers].map(([name, sums]) => [name, sums.means()]));
}

const models = await loadModels(shippedModels);
const lines: Record<keyof typeof INPUTS, Floats[]> = { large: [], quick: [] };
for (const picture of await drawSamples()) {
  for (const box of await detectLines(models, picture)) {
    lines.large.push(lineToTensor(picture, box, INPUTS.large));
    lines.quick.push(lineToTensor(picture, box, INPUTS.quick));
  }
}
const table = {
  body: await measure(shippedModels.recognition, lines.large),
  quick: await measure(shippedModels.quick, lines.quick),
};
const path = join(root, "src/server/engines/embedded/channel-means.json");
writeFileSync(path, `${JSON.stringify(table)}\n`);
const layers = Object.values(table).flatMap((means) => Object.keys(means));
say(`${layers.length} layers, from ${lines.large.length} lines: ${path}`);
