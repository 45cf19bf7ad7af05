/** The language of the page, each by its own name. */
import { type Language, languages, useLanguage } from "../lib/language.tsx";
import { cn } from "../lib/cn.ts";

const options: readonly Language[] = ["en", "zh"];

export function LanguageSwitch() {
  const { language, choose } = useLanguage();
  return (
    <div className="inline-flex h-9 items-center rounded-lg bg-sunken p-0.5 pointer-coarse:h-11">
      {options.map((one) => (
        <button
          key={one}
          type="button"
          lang={one === "zh" ? "zh-Hans" : one}
          aria-pressed={one === language}
          onClick={() => choose(one)}
          className={cn(
            "h-full rounded-md px-3 text-[0.8125rem] font-medium",
            one === language ? "bg-raised text-ink shadow-sm" : "text-muted hover:text-ink",
          )}
        >
          {languages[one]}
        </button>
      ))}
    </div>
  );
}
