/** Where something could not be shown: what is wrong, and a way to try again. */
import { CircleAlert } from "lucide-react";
import { useErrorText } from "../lib/error-text.ts";
import { useMessages } from "../lib/language.tsx";
import { Button } from "./ui/button.tsx";

const messages = {
  en: { title: "That did not work", retry: "Try again" },
  zh: { title: "操作失败", retry: "重试" },
};

export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  return (
    <div role="alert" className="sheet flex items-start gap-3 p-4">
      <CircleAlert className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{text.title}</p>
        <p className="mt-0.5 text-muted">{errorText(error)}</p>
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          {text.retry}
        </Button>
      )}
    </div>
  );
}
