/** How files are to be read, remembered for the next ones. */
import { useCallback, useState } from "react";
import { recall, recallOneOf, remember } from "./storage.ts";

export const presets = ["markdown", "describe", "grounding", "own"] as const;
export type Preset = (typeof presets)[number];

/** What each preset asks the engine for; `markdown` is the server's own prompt. */
const prompts: Record<Exclude<Preset, "own" | "markdown">, string> = {
  describe: "Describe this image in detail.",
  grounding: "<|grounding|>Convert the document to markdown.",
};

export interface ReadingOptions {
  /** Empty: the server's default. */
  engine: string;
  preset: Preset;
  ownPrompt: string;
}

export function useReadingOptions(): [ReadingOptions, (change: Partial<ReadingOptions>) => void] {
  const [options, setOptions] = useState<ReadingOptions>(() => ({
    engine: recall("engine") ?? "",
    preset: recallOneOf("preset", presets),
    ownPrompt: recall("prompt") ?? "",
  }));
  const change = useCallback((part: Partial<ReadingOptions>) => {
    if (part.engine !== undefined) remember("engine", part.engine);
    if (part.preset !== undefined) remember("preset", part.preset);
    if (part.ownPrompt !== undefined) remember("prompt", part.ownPrompt);
    setOptions((before) => ({ ...before, ...part }));
  }, []);
  return [options, change];
}

/** What a job is started with. */
export function jobOptions({ engine, preset, ownPrompt }: ReadingOptions): {
  engine?: string;
  prompt?: string;
} {
  const prompt = preset === "own" ? ownPrompt.trim() : preset === "markdown" ? "" : prompts[preset];
  return { ...(engine !== "" && { engine }), ...(prompt !== "" && { prompt }) };
}
