/** Language and theme, of this browser alone. */
import { LanguageSwitch } from "../../components/language-switch.tsx";
import { Segments } from "../../components/ui/tabs.tsx";
import { useMessages } from "../../lib/language.tsx";
import { chooseTheme, themes, useTheme } from "../../lib/theme.ts";
import { messages } from "./messages.ts";
import { Section } from "./section.tsx";

export function LookSection() {
  const text = useMessages(messages);
  const theme = useTheme();
  return (
    <Section title={text.look}>
      <div className="flex flex-col gap-4">
        <div role="group" aria-label={text.language}>
          <LanguageSwitch />
        </div>
        <Segments
          label={text.theme}
          value={theme}
          options={themes.map((value) => ({ value, label: text.themes[value] }))}
          onChange={chooseTheme}
        />
      </div>
    </Section>
  );
}
