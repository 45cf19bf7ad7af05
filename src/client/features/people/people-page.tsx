/** Everybody's accounts, for administrators. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Lock, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { PageBody, PageHeader } from "../../components/page-header.tsx";
import { buttonClass } from "../../components/ui/button.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { useMessages } from "../../lib/language.tsx";
import { currentAccount } from "../../lib/session.ts";
import { AddUser } from "./add-user.tsx";
import { messages } from "./messages.ts";
import { UsageByUser } from "./usage-by-user.tsx";
import { UserList } from "./user-list.tsx";

export function PeoplePage() {
  const text = useMessages(messages);
  const { data: me } = useQuery(currentAccount);
  const isAdmin = me?.role === "admin";
  return (
    <PageBody>
      <PageHeader title={text.title} description={text.lead} actions={isAdmin && <AddUser />} />
      {me && !isAdmin && !me.isAnonymous && (
        <Refusal icon={<Lock className="size-8" aria-hidden />} title={text.refusedTitle}>
          {text.refusedDetail}
        </Refusal>
      )}
      {me?.isAnonymous === true && (
        <Refusal icon={<UsersRound className="size-8" aria-hidden />} title={text.open}>
          {text.openDetail}
        </Refusal>
      )}
      {isAdmin && (
        <div className="grid items-start gap-10 xl:grid-cols-[minmax(0,1fr)_20rem]">
          <UserList ownId={me.id} />
          <UsageByUser />
        </div>
      )}
    </PageBody>
  );
}

function Refusal(props: { icon: ReactNode; title: string; children: ReactNode }) {
  const text = useMessages(messages);
  return (
    <EmptyState
      {...props}
      action={
        <Link to="/" className={buttonClass()}>
          {text.back}
        </Link>
      }
    />
  );
}
