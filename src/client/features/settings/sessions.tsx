/** The browsers in which somebody is logged in. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { Failure } from "../../components/failure.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Chip } from "../../components/ui/chip.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { forgetAccount } from "../../lib/log-out.ts";
import { toast } from "../../lib/toast.ts";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { deviceOf } from "./device.ts";
import { messages } from "./messages.ts";
import { Section } from "./section.tsx";

type Session = Outputs["account"]["sessions"]["list"][number];

export function SessionsSection() {
  const text = useMessages(messages);
  const sessions = useQuery(trpc.account.sessions.list.queryOptions());
  return (
    <Section title={text.sessions}>
      {sessions.isError && (
        <Failure error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      <ul className="sheet divide-y divide-line empty:hidden">
        {(sessions.data ?? []).map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <EndAll />
    </Section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const errorText = useErrorText();
  const client = useQueryClient();
  const end = useMutation(
    trpc.account.sessions.revoke.mutationOptions({
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
      onSettled: async () =>
        await client.invalidateQueries(trpc.account.sessions.list.queryFilter()),
    }),
  );
  const { browser, system, isPhone } = deviceOf(session.userAgent);
  const Icon = isPhone ? Smartphone : Monitor;
  const name = text.browserOn(browser ?? text.unknownBrowser, system ?? text.unknownSystem);
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <Icon className="size-5 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{name}</p>
        <p className="mt-0.5 truncate text-xs text-muted">
          {session.address} · {text.lastUsed(formats.ago(session.lastUsedAt))}
        </p>
      </div>
      {session.isCurrent ? (
        <Chip tone="good">{text.thisOne}</Chip>
      ) : (
        <Button size="sm" isBusy={end.isPending} onClick={() => end.mutate({ id: session.id })}>
          {text.end}
        </Button>
      )}
    </li>
  );
}

function EndAll() {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const [isAsking, setAsking] = useState(false);
  const endAll = useMutation(
    trpc.account.logOutEverywhere.mutationOptions({
      onSuccess: forgetAccount,
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
    }),
  );
  return (
    <>
      <Button variant="danger" className="mt-4" onClick={() => setAsking(true)}>
        {text.endAll}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={text.endAllTitle}
        description={text.endAllDetail}
        action={text.endAll}
        isBusy={endAll.isPending}
        onConfirm={() => endAll.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
