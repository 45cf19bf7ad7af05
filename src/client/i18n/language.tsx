/** The language of the page: the browser's at first, then what the reader chose. */
import { type ReactNode, createContext, use, useEffect, useMemo, useState } from "react";
import { type Messages, en } from "./en.ts";
import { zh } from "./zh.ts";

const languages = { en, zh } as const satisfies Record<string, Messages>;
export type Language = keyof typeof languages;

const STORAGE_KEY = "language";
const htmlLanguage = { en: "en", zh: "zh-Hans" } as const;

interface LanguageContext {
  language: Language;
  messages: Messages;
  /** The one that the button changes to. */
  other: Language;
  otherName: string;
  choose: (language: Language) => void;
}

const Context = createContext<LanguageContext | undefined>(undefined);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = htmlLanguage[language];
  }, [language]);
  const value = useMemo((): LanguageContext => {
    const other = language === "en" ? "zh" : "en";
    return {
      language,
      messages: languages[language],
      other,
      otherName: languages[other].languageName,
      choose: (chosen) => {
        localStorage.setItem(STORAGE_KEY, chosen);
        setLanguage(chosen);
      },
    };
  }, [language]);
  return <Context value={value}>{children}</Context>;
}

export function useLanguage(): LanguageContext {
  const value = use(Context);
  if (!value) throw new Error("useLanguage outside of LanguageProvider");
  return value;
}

function initialLanguage(): Language {
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
