import { useLanguage } from "../i18n/language.tsx";
import { useClipboard } from "../lib/use-clipboard.ts";
import { SmallButton } from "./small-button.tsx";

export function CopyButton(props: { text: string; label?: string; ariaLabel?: string }) {
  const { callIt } = useLanguage().messages;
  const { copied, copy } = useClipboard();
  return (
    <SmallButton onClick={() => copy(props.text)} ariaLabel={props.ariaLabel}>
      <span aria-live="polite">{copied ? callIt.copied : (props.label ?? callIt.copy)}</span>
    </SmallButton>
  );
}
