/**
 * `bun training/label.ts`: what the shipped recogniser sees in the lines that `draw.py` drew: the
 * features that its last layer makes characters of, as halves, and the steps of each line.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shippedModels } from "../src/server/engines/embedded/model-files.ts";
import { loadModels, runModel } from "../src/server/engines/embedded/models.ts";

const HEIGHT = 48;
const folder = process.env["TRAINING_DATA"] ?? join(import.meta.dir, "data");
const { recognition } = await loadModels(shippedModels);

/** Grey, three times, from -1 to 1. */
function toTensor(pixels: Uint8Array): Float32Array {
  const values = new Float32Array(3 * pixels.length);
  const plane = Float32Array.from(pixels, (value) => value / 127.5 - 1);
  for (let channel = 0; channel < 3; channel++) values.set(plane, channel * pixels.length);
  return values;
}

async function label(name: string): Promise<void> {
  const widths: number[] = JSON.parse(readFileSync(join(folder, `${name}.widths.json`), "utf8"));
  const pixels = readFileSync(join(folder, `${name}.u8`));
  const steps: number[] = [];
  const features: Uint8Array[] = [];
  let from = 0;
  for (const width of widths) {
    const line = pixels.subarray(from, (from += HEIGHT * width));
    const [, seen] = await runModel(recognition.body, toTensor(line), [1, 3, HEIGHT, width]);
    if (!seen) throw new Error("the recogniser gives no features");
    steps.push(seen.dims[1] ?? 0);
    features.push(new Uint8Array(Float16Array.from(seen.data).buffer));
  }
  writeFileSync(join(folder, `${name}.f16`), Buffer.concat(features));
  writeFileSync(join(folder, `${name}.steps.json`), JSON.stringify(steps));
}

writeFileSync(join(folder, "letters.json"), JSON.stringify(recognition.letters));
for (const file of readdirSync(folder).toSorted()) {
  const name = file.replace(".widths.json", "");
  if (name === file || existsSync(join(folder, `${name}.steps.json`))) continue;
  await label(name);
  console.log(name);
}
