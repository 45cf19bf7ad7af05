/** The reading room of a document, or what is to be said instead of it. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { FileQuestion } from "lucide-react";
import { Failure } from "../../components/failure.tsx";
import { PageBody } from "../../components/page-header.tsx";
import { buttonClass } from "../../components/ui/button.tsx";
import { EmptyState } from "../../components/ui/empty-state.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useMessages } from "../../lib/language.tsx";
import { codeOf, trpc } from "../../lib/trpc.ts";
import { ReadingRoom } from "./reading-room.tsx";
import { UnreadPage } from "./unread-page.tsx";

const messages = {
  en: {
    gone: "There is no such document",
    goneDetail: "It may have been deleted, or belongs to somebody else.",
    library: "To the library",
  },
  zh: {
    gone: "找不到该文档",
    goneDetail: "它可能已被删除，或属于其他用户。",
    library: "前往文库",
  },
};
const MOST_JOBS = 100;

export function ReadingPage() {
  const { documentId } = useParams({ from: "/gate/documents/$documentId" });
  const search = useSearch({ from: "/gate/documents/$documentId" });
  const navigate = useNavigate();
  const document = useQuery(trpc.documents.get.queryOptions({ id: documentId }));
  const jobs = useQuery(trpc.jobs.list.queryOptions({ documentId, limit: MOST_JOBS }));
  const error = document.error ?? jobs.error;
  if (codeOf(error) === "document_not_found") return <Gone />;
  if (error) {
    const retry = (): void => void Promise.all([document.refetch(), jobs.refetch()]);
    return (
      <PageBody>
        <Failure error={error} onRetry={retry} />
      </PageBody>
    );
  }
  if (!document.data || !jobs.data) return <Waiting />;
  const readings = jobs.data.items;
  const job = readings.find(({ id }) => id === search.job) ?? readings[0];
  const choose = (id: string): void =>
    void navigate({
      to: "/documents/$documentId",
      params: { documentId },
      search: { job: id },
      replace: true,
    });
  if (!job) return <UnreadPage document={document.data} onStarted={choose} />;
  return (
    <ReadingRoom
      key={`${documentId}/${job.id}`}
      document={document.data}
      jobs={readings}
      job={job}
      page={search.page}
      onJob={choose}
    />
  );
}

function Waiting() {
  return (
    <div className="flex h-[calc(100dvh-5rem)] flex-col gap-4 p-4 md:h-dvh">
      <Skeleton className="h-9 w-72" />
      <div className="flex min-h-0 flex-1 gap-4">
        <Skeleton className="h-full flex-1" />
        <Skeleton className="h-full flex-1 max-md:hidden" />
      </div>
    </div>
  );
}

function Gone() {
  const text = useMessages(messages);
  return (
    <PageBody>
      <EmptyState
        icon={<FileQuestion className="size-8" aria-hidden />}
        title={text.gone}
        action={
          <Link to="/library" className={buttonClass()}>
            {text.library}
          </Link>
        }
      >
        {text.goneDetail}
      </EmptyState>
    </PageBody>
  );
}
