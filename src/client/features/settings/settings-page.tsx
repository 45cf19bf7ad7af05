/** One's account, one's programs and devices, and how the page looks. */
import { useQuery } from "@tanstack/react-query";
import { Failure } from "../../components/failure.tsx";
import { PageBody, PageHeader } from "../../components/page-header.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { AboutSection, KeptSection } from "./about.tsx";
import { AccountSection, NobodySection } from "./account.tsx";
import { ApiKeysSection } from "./api-keys.tsx";
import { LookSection } from "./look.tsx";
import { messages } from "./messages.ts";
import { PasswordSection } from "./password.tsx";
import { SessionsSection } from "./sessions.tsx";

export function SettingsPage() {
  const text = useMessages(messages);
  const me = useQuery(trpc.account.me.queryOptions());
  return (
    <PageBody>
      <PageHeader title={text.title} />
      {me.isPending && <Skeleton className="mb-8 h-24 w-full" />}
      {me.isError && <Failure error={me.error} onRetry={() => void me.refetch()} />}
      {me.data?.isAnonymous === true && <NobodySection />}
      {me.data?.isAnonymous === false && (
        <>
          <AccountSection account={me.data} />
          <PasswordSection />
          <ApiKeysSection />
          <SessionsSection />
        </>
      )}
      <LookSection />
      <KeptSection />
      <AboutSection />
    </PageBody>
  );
}
