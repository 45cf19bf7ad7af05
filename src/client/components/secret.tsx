/** A text that is shown once, to be copied. */
import { CopyButton } from "./copy-button.tsx";

export function Secret({ text }: { text: string }) {
  return (
    <div className="flex items-start gap-2 rounded-lg bg-sunken p-3">
      <code className="min-w-0 flex-1 self-center font-mono text-[0.8125rem] break-all">
        {text}
      </code>
      <CopyButton text={text} />
    </div>
  );
}
