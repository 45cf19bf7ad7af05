/** The language of the page, each by its own name. */
import { type Language, languages, useLanguage } from "../lib/language.tsx";
import { cn } from "../lib/cn.ts";

const options: readonly Language[] = ["en", "zh"];

export function LanguageSwitch() {
  const { language, choose } = useLanguage();
  return (
    <div className="flex gap-1">
      {options.map((one) => (
        <button
          key={one}
          type="button"
          lang={one === "zh" ? "zh-Hans" : one}
          aria-pressed={one === language}
          onClick={() => choose(one)}
          className={cn(
            "h-10 rounded-lg px-3 text-sm",
            one === language ? "bg-sunken font-medium text-ink" : "text-muted hover:text-ink",
          )}
        >
          {languages[one]}
        </button>
      ))}
    </div>
  );
}
