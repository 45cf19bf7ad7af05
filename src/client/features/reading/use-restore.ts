/** Changes of a page's text, and what is known of the page after them. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { PageVersion } from "../../../shared/jobs.ts";
import type { LiveJob } from "../../lib/live-job.ts";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { useRoom } from "./room.ts";

/** An earlier text of a page counts again. */
export function useRestore(onDone: () => void = () => {}) {
  const take = useTakeVersion();
  const onError = useToldError();
  return useMutation(
    trpc.jobs.restoreVersion.mutationOptions({
      onSuccess(version) {
        take(version);
        onDone();
      },
      onError,
    }),
  );
}

/** Somebody's own text counts. */
export function useSavePage(onDone: () => void) {
  const take = useTakeVersion();
  const onError = useToldError();
  return useMutation(
    trpc.jobs.editPage.mutationOptions({
      onSuccess(version) {
        take(version);
        onDone();
      },
      onError,
    }),
  );
}

export function useToldError(): (error: unknown) => void {
  const { actionFailed } = useMessages(messages);
  const errorText = useErrorText();
  return (error) => toast(actionFailed, { description: errorText(error), isError: true });
}

/** A job that has ended tells nobody of it. */
function useTakeVersion(): (version: PageVersion) => void {
  const { live } = useRoom();
  const client = useQueryClient();
  return (version) => live && takeVersion(live, client, version);
}

/** The version counts from now on. */
export function takeVersion(
  live: LiveJob,
  client: QueryClient,
  { page, version, text, origin, confidence }: PageVersion,
): void {
  const attempt = live.page(page)?.attempt ?? 0;
  const known = { ...(confidence !== undefined && { confidence }), origin };
  live.apply([
    { type: "page", page, state: "done", attempt, version, ...known },
    { type: "text", page, attempt, text },
  ]);
  void client.invalidateQueries(trpc.jobs.versions.queryFilter({ id: live.id, page }));
}
