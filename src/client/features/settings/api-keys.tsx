/** Keys for programs. A new one is shown once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Failure } from "../../components/failure.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Chip } from "../../components/ui/chip.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { inputClass } from "../../components/ui/field.tsx";
import { cn } from "../../lib/cn.ts";
import { useErrorText } from "../../lib/error-text.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { NewKey } from "./new-key.tsx";
import { Section } from "./section.tsx";

type Key = Outputs["account"]["apiKeys"]["list"][number];

export function ApiKeysSection() {
  const text = useMessages(messages);
  const keys = useQuery(trpc.account.apiKeys.list.queryOptions());
  return (
    <Section title={text.keys} lead={text.keysLead}>
      <CreateKey />
      {keys.isError && <Failure error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && <p className="mt-4 text-sm text-muted">{text.noKeys}</p>}
      <ul className="sheet mt-4 divide-y divide-line empty:hidden">
        {(keys.data ?? []).map((key) => (
          <KeyRow key={key.id} entry={key} />
        ))}
      </ul>
    </Section>
  );
}

function CreateKey() {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation(
    trpc.account.apiKeys.create.mutationOptions({
      async onSuccess() {
        setName("");
        await client.invalidateQueries(trpc.account.apiKeys.list.queryFilter());
      },
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
    }),
  );
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ name });
  };
  return (
    <>
      <form className="flex max-w-md gap-2" onSubmit={onSubmit}>
        <input
          aria-label={text.keyName}
          placeholder={text.keyName}
          required
          maxLength={64}
          value={name}
          onChange={({ target }) => setName(target.value)}
          className={cn(inputClass, "h-10")}
        />
        <Button type="submit" isBusy={create.isPending}>
          {text.createKey}
        </Button>
      </form>
      {create.data && <NewKey secret={create.data.secret} onClose={() => create.reset()} />}
    </>
  );
}

function KeyRow({ entry }: { entry: Key }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const used =
    entry.lastUsedAt === null ? text.neverUsed : text.lastUsed(formats.ago(entry.lastUsedAt));
  const isRevoked = entry.revokedAt !== null;
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className={cn("min-w-0 flex-1", isRevoked && "opacity-60")}>
        <p className="truncate text-sm font-medium">{entry.name}</p>
        <p className="mt-0.5 truncate text-xs text-muted">
          <code className="font-mono">{entry.prefix}…</code> ·{" "}
          {text.made(formats.ago(entry.createdAt))} · {used}
        </p>
      </div>
      {isRevoked ? <Chip>{text.revoked}</Chip> : <RevokeButton entry={entry} />}
    </li>
  );
}

function RevokeButton({ entry }: { entry: Key }) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const revoke = useMutation(
    trpc.account.apiKeys.revoke.mutationOptions({
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
      async onSettled() {
        setAsking(false);
        await client.invalidateQueries(trpc.account.apiKeys.list.queryFilter());
      },
    }),
  );
  return (
    <>
      <Button size="sm" variant="danger" onClick={() => setAsking(true)}>
        {text.revoke}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={text.revokeTitle(entry.name)}
        description={text.revokeDetail}
        action={text.revoke}
        isBusy={revoke.isPending}
        onConfirm={() => revoke.mutate({ id: entry.id })}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
