/** Which engine reads, what it is asked for, which pages. */
import { Field, LabelledControl, inputClass } from "../../components/ui/field.tsx";
import { Select } from "../../components/ui/select.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import type { Outputs } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { type ReadingOptions, presets } from "./reading-options.ts";

interface OptionFieldsProps {
  options: ReadingOptions;
  onChange: (change: Partial<ReadingOptions>) => void;
  engines: Outputs["engines"]["list"];
  /** Undefined where there are several files. */
  range: string | undefined;
  onRange: (range: string) => void;
}

export function OptionFields({ options, onChange, engines, range, onRange }: OptionFieldsProps) {
  const text = useMessages(messages);
  const chosen = engines.find(({ name }) => name === options.engine);
  const engine = chosen ?? engines.find(({ isDefault }) => isDefault);
  const isBuiltIn = engine?.name === "embedded";
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      {engines.length > 1 && (
        <LabelledControl label={text.engine}>
          {(id) => (
            <Select
              id={id}
              value={engine?.name ?? ""}
              options={engines.map(({ name, isDefault }) => ({
                value: name,
                label: isDefault
                  ? text.defaultEngine(engineName(name, text))
                  : engineName(name, text),
              }))}
              onChange={(name) => onChange({ engine: name })}
            />
          )}
        </LabelledControl>
      )}
      {range !== undefined && (
        <Field
          label={text.range}
          hint={text.rangeHint}
          value={range}
          inputMode="text"
          onChange={(event) => onRange(event.target.value)}
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

function engineName(name: string, text: (typeof messages)["en"]): string {
  return name === "embedded" || name === "openai-compatible" ? text.engines[name] : name;
}
