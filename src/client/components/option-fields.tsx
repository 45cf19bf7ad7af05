/** Which engine reads, what it is asked for, which pages. */
import type { ReactNode } from "react";
import { Field, LabelledControl, inputClass } from "./ui/field.tsx";
import { Select } from "./ui/select.tsx";
import { cn } from "../lib/cn.ts";
import { useMessages } from "../lib/language.tsx";
import type { Outputs } from "../lib/trpc.ts";
import { type ReadingOptions, presets } from "../lib/reading-options.ts";

const en = {
  range: "Pages",
  rangeHint: "All, or for instance 1-3,7",
  engine: "Engine",
  defaultEngine: (name: string) => `${name} (default)`,
  engines: { embedded: "Built-in engine", "openai-compatible": "Remote engine" },
  preset: "What to ask for",
  presets: {
    markdown: "Text as Markdown",
    describe: "A description",
    grounding: "Text with its places",
    own: "A prompt of my own",
  },
  presetHint: "The built-in engine always reads text as Markdown.",
  ownPrompt: "Prompt",
};
const zh: typeof en = {
  range: "页码",
  rangeHint: "全部，或例如 1-3,7",
  engine: "识别引擎",
  defaultEngine: (name) => `${name}（默认）`,
  engines: { embedded: "内置引擎", "openai-compatible": "远程引擎" },
  preset: "识别内容",
  presets: {
    markdown: "Markdown 文本",
    describe: "图像描述",
    grounding: "带位置的文本",
    own: "自定义提示词",
  },
  presetHint: "内置引擎始终输出 Markdown 文本。",
  ownPrompt: "提示词",
};
const messages = { en, zh };

interface OptionFieldsProps {
  options: ReadingOptions;
  onChange: (change: Partial<ReadingOptions>) => void;
  engines: Outputs["engines"]["list"];
  /** Undefined where there are several files. */
  range?: string | undefined;
  onRange?: (range: string) => void;
  /** More of them. */
  children?: ReactNode;
}

export function OptionFields({
  options,
  onChange,
  engines,
  range,
  onRange,
  children,
}: OptionFieldsProps) {
  const text = useMessages(messages);
  const chosen = engines.find(({ name }) => name === options.engine);
  const engine = chosen ?? engines.find(({ isDefault }) => isDefault);
  const isBuiltIn = engine?.name === "embedded";
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      {engines.length > 1 && (
        <EngineField
          value={engine?.name ?? ""}
          engines={engines}
          onChange={(name) => onChange({ engine: name })}
        />
      )}
      {range !== undefined && (
        <Field
          label={text.range}
          hint={text.rangeHint}
          value={range}
          inputMode="text"
          onChange={(event) => onRange?.(event.target.value)}
        />
      )}
      <LabelledControl label={text.preset} hint={isBuiltIn ? text.presetHint : undefined}>
        {(id) => (
          <Select
            id={id}
            value={options.preset}
            options={presets.map((preset) => ({ value: preset, label: text.presets[preset] }))}
            onChange={(preset) => onChange({ preset })}
          />
        )}
      </LabelledControl>
      {children}
      {options.preset === "own" && (
        <OwnPrompt
          label={text.ownPrompt}
          value={options.ownPrompt}
          onChange={(ownPrompt) => onChange({ ownPrompt })}
        />
      )}
    </div>
  );
}

interface EngineFieldProps {
  value: string;
  engines: OptionFieldsProps["engines"];
  onChange: (name: string) => void;
}

function EngineField({ value, engines, onChange }: EngineFieldProps) {
  const text = useMessages(messages);
  const options = engines.map(({ name, isDefault }) => {
    const label = engineName(name, text);
    return { value: name, label: isDefault ? text.defaultEngine(label) : label };
  });
  return (
    <LabelledControl label={text.engine}>
      {(id) => <Select id={id} value={value} options={options} onChange={onChange} />}
    </LabelledControl>
  );
}

function OwnPrompt({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <div className="sm:col-span-2">
      <LabelledControl label={label}>
        {(id) => (
          <textarea
            id={id}
            rows={3}
            maxLength={16_000}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={cn(inputClass, "py-2")}
          />
        )}
      </LabelledControl>
    </div>
  );
}

function engineName(name: string, text: typeof en): string {
  return name === "embedded" || name === "openai-compatible" ? text.engines[name] : name;
}
