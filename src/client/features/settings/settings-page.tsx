/** One's account, one's programs and devices, and how the page looks. */
import { useQuery } from "@tanstack/react-query";
import { PageBody, PageHeader } from "../../components/page-header.tsx";
import { useMessages } from "../../lib/language.tsx";
import { currentAccount } from "../../lib/session.ts";
import { AboutSection, KeptSection } from "./about.tsx";
import { AccountSection, NobodySection } from "./account.tsx";
import { ApiKeysSection } from "./api-keys.tsx";
import { LookSection } from "./look.tsx";
import { messages } from "./messages.ts";
import { PasswordSection } from "./password.tsx";
import { SessionsSection } from "./sessions.tsx";

export function SettingsPage() {
  const text = useMessages(messages);
  // The frame around has asked for it already.
  const { data: me } = useQuery(currentAccount);
  return (
    <PageBody>
      <PageHeader title={text.title} />
      {me?.isAnonymous === true && <NobodySection />}
      {me?.isAnonymous === false && (
        <>
          <AccountSection account={me} />
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
