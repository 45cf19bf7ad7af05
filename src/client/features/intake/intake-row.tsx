/** One file on its way in. */
import { FileText, Image, LockKeyhole, RotateCcw, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { inputClass } from "../../components/ui/field.tsx";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { Progress } from "../../components/ui/progress.tsx";
import { cn } from "../../lib/cn.ts";
import { useErrorText } from "../../lib/error-text.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { type IntakeItem, intake, needsPassword } from "./intake.ts";
import { messages } from "./messages.ts";

export function IntakeRow({ item }: { item: IntakeItem }) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const { file, state, share, document, error } = item;
  const Icon = file.type.startsWith("image/") ? Image : FileText;
  return (
    <li className="px-2 py-2.5" data-intake={state}>
      <div className="flex items-center gap-3">
        <Icon className="size-5 shrink-0 text-muted" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{file.name}</p>
          <RowDetail item={item} pages={document?.pages} />
        </div>
        {state === "failed" && !needsPassword(item) && (
          <IconButton
            label={text.retry}
            icon={<RotateCcw className="size-4" aria-hidden />}
            onClick={() => intake.retry(item.id)}
          />
        )}
        <IconButton
          label={text.remove(file.name)}
          icon={<X className="size-4" aria-hidden />}
          onClick={() => intake.remove(item.id)}
        />
      </div>
      {state === "sending" && (
        <Progress
          share={share < 1 ? share : undefined}
          label={`${text.sending}: ${file.name}`}
          className="mt-2"
        />
      )}
      {state === "failed" && (
        <p role="alert" className="mt-1.5 ml-8 text-xs text-bad">
          {errorText(error)}
        </p>
      )}
      {needsPassword(item) && <PasswordForm item={item} />}
    </li>
  );
}

function RowDetail({ item, pages }: { item: IntakeItem; pages: number | undefined }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const { state, file, share } = item;
  const parts = [formats.bytes(file.size)];
  if (pages !== undefined) parts.push(text.pages(pages));
  if (state === "waiting") parts.push(text.waiting);
  if (state === "sending") parts.push(`${text.sending} ${formats.percent(share)}`);
  return <p className={cn("text-xs text-muted tabular-nums")}>{parts.join(" · ")}</p>;
}

function PasswordForm({ item }: { item: IntakeItem }) {
  const text = useMessages(messages);
  const [password, setPassword] = useState("");
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    intake.retry(item.id, password);
  };
  return (
    <form className="mt-2 ml-8 flex gap-2" onSubmit={onSubmit}>
      <span className="relative flex-1">
        <LockKeyhole
          className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
          aria-hidden
        />
        <input
          type="password"
          autoComplete="off"
          aria-label={text.passwordFor(item.file.name)}
          placeholder={text.password}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          className={cn(inputClass, "h-8 pl-8")}
        />
      </span>
      <Button type="submit" size="sm" disabled={password === ""}>
        {text.open}
      </Button>
    </form>
  );
}
