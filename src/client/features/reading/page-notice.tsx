/** What is to be said of a page beside its text: that it waits, why it failed, what to do. */
import { CircleAlert, RotateCcw } from "lucide-react";
import type { PageView } from "../../../shared/job-view.ts";
import { Button } from "../../components/ui/button.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useFailureText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { useRoom } from "./room.ts";

interface PageNoticeProps {
  page: number;
  view: PageView | undefined;
}

export function PageNotice({ page, view }: PageNoticeProps) {
  const text = useMessages(messages);
  if (!view) return <Skeleton className="h-40 w-full max-w-2xl" />;
  if (view.error && view.state !== "running" && view.state !== "pending") {
    return <PageFailure page={page} error={view.error} hasText={view.text !== ""} />;
  }
  if (view.text !== "") return null;
  const words = {
    pending: text.waitingPage,
    running: text.readingPage,
    done: text.blankPage,
    failed: text.failedPage,
    cancelled: text.cancelledPage,
  };
  return <p className="text-sm text-muted">{words[view.state]}</p>;
}

interface PageFailureProps {
  page: number;
  error: { code: string; detail: string };
  hasText: boolean;
}

function PageFailure({ page, error, hasText }: PageFailureProps) {
  const text = useMessages(messages);
  const failureText = useFailureText();
  const { retry } = useRoom();
  return (
    <div
      role="alert"
      className="mb-4 flex max-w-2xl flex-wrap items-start gap-3 rounded-lg bg-bad-wash p-4 text-sm"
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="min-w-48 flex-1">
        <p className="font-medium text-bad">{hasText ? text.failedAgain : text.failedPage}</p>
        <p className="mt-0.5">{failureText(error)}</p>
      </div>
      <Button
        size="sm"
        icon={<RotateCcw className="size-3.5" aria-hidden />}
        onClick={() => retry(page)}
      >
        {text.readAgain}
      </Button>
    </div>
  );
}
