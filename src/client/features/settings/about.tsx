/** How long documents are kept, and what this is. */
import { useQuery } from "@tanstack/react-query";
import { releaseOf } from "../../../shared/release.ts";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { serverInfo } from "../../lib/session.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { Section } from "./section.tsx";

export function KeptSection() {
  const text = useMessages(messages);
  const { data } = useQuery(trpc.engines.defaults.queryOptions());
  const days = data?.retentionDays;
  return (
    <Section title={text.kept}>
      {days === undefined ? (
        <Skeleton className="h-5 max-w-prose" />
      ) : (
        <p className="max-w-prose text-sm">{days === 0 ? text.keptNothing : text.keptDays(days)}</p>
      )}
    </Section>
  );
}

export function AboutSection() {
  const text = useMessages(messages);
  const { data } = useQuery(serverInfo);
  return (
    <Section title={text.about}>
      <p className="text-sm">
        {text.version(data ? releaseOf(data) : "")} · {text.license}
      </p>
      <a href="/api/docs" className="inline-block py-2.5 text-sm text-accent hover:underline">
        {text.api}
      </a>
    </Section>
  );
}
