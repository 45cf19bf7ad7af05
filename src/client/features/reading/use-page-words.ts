/** The words of a page with their places in its picture, where its engine knows them. */
import { skipToken, useQuery } from "@tanstack/react-query";
import type { PageView } from "../../../shared/job-view.ts";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { type Word, wordsOf } from "./words.ts";

const NONE: readonly Word[] = [];

function wordsIn({ lines }: Outputs["jobs"]["page"]): Word[] {
  return wordsOf(lines ?? []);
}

/** Of an edited text they are those of the reading before it: most are still there. */
function readVersionIn(versions: Outputs["jobs"]["versions"]): number {
  return versions.find(({ origin }) => origin === "engine")?.version ?? 0;
}

export function usePageWords(id: string, view: PageView | undefined): readonly Word[] {
  const isRead = view?.state === "done" && view.version > 0;
  const isEdited = isRead && view.origin === "edit";
  const read = useQuery({
    ...trpc.jobs.versions.queryOptions(isEdited ? { id, page: view.page } : skipToken),
    staleTime: Number.POSITIVE_INFINITY,
    select: readVersionIn,
  });
  const version = isEdited ? (read.data ?? 0) : (view?.version ?? 0);
  const words = useQuery({
    ...trpc.jobs.page.queryOptions(
      isRead && version > 0 ? { id, page: view.page, version } : skipToken,
    ),
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
    select: wordsIn,
  });
  return words.data ?? NONE;
}
