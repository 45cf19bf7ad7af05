/** Who is logged in. */
import { LogOut } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { useLogOut } from "../../lib/log-out.ts";
import type { Outputs } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { Section } from "./section.tsx";

export function AccountSection({ account }: { account: Outputs["account"]["me"] }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const logOut = useLogOut();
  return (
    <Section title={text.account}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <dt className="text-muted">{text.name}</dt>
        <dd className="truncate font-medium">{account.username}</dd>
        <dt className="text-muted">{text.role}</dt>
        <dd>{text.roles[account.role]}</dd>
        <dt className="text-muted">{text.since}</dt>
        <dd>{formats.dateTime(account.createdAt)}</dd>
      </dl>
      <Button
        className="mt-5"
        icon={<LogOut className="size-4" aria-hidden />}
        isBusy={logOut.isPending}
        onClick={() => logOut.mutate()}
      >
        {text.logOut}
      </Button>
    </Section>
  );
}

export function NobodySection() {
  const text = useMessages(messages);
  return (
    <Section title={text.account}>
      <p className="font-medium">{text.nobody}</p>
      <p className="mt-1 max-w-prose text-sm text-muted">{text.nobodyDetail}</p>
    </Section>
  );
}
