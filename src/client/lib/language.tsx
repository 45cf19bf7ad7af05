/** The language of the page: the browser's at first, then what its reader chose. */
import { type ReactNode, createContext, use, useEffect, useMemo, useState } from "react";
import { recall, remember } from "./storage.ts";

export const languages = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof languages;

/** For `Intl` and the `lang` attribute. */
const locales = { en: "en-GB", zh: "zh-Hans" } as const;

interface LanguageContext {
  language: Language;
  locale: string;
  choose: (language: Language) => void;
}

const Context = createContext<LanguageContext | undefined>(undefined);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = locales[language];
  }, [language]);
  const value = useMemo(
    (): LanguageContext => ({
      language,
      locale: locales[language],
      choose(chosen) {
        remember("language", chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <Context value={value}>{children}</Context>;
}

export function useLanguage(): LanguageContext {
  const value = use(Context);
  if (!value) throw new Error("useLanguage outside of LanguageProvider");
  return value;
}

/**
 * The messages of a component in the reader's language. Each feature has its own, in English and in
 * the same shape in Chinese: `{ en, zh } satisfies MessageSet<typeof en>`.
 */
export function useMessages<T>(messages: Record<Language, T>): T {
  return messages[useLanguage().language];
}

function initialLanguage(): Language {
  const chosen = recall("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
