/** A document and one reading of it: pages, picture and text beside each other. */
import { Suspense, lazy, useCallback, useMemo, useState } from "react";
import type { Document, Job } from "../../../shared/jobs.ts";
import { useLiveJob } from "../../lib/live-job.ts";
import { recall, recallOneOf, remember } from "../../lib/storage.ts";
import { FindBar } from "./find-bar.tsx";
import { FindingProvider, useFindState } from "./finding.ts";
import { Panes } from "./panes.tsx";
import { Place } from "./place.ts";
import "./reading.css";
import { type Room, RoomProvider, type TextView, textViews } from "./room.ts";
import { TextTools } from "./text-tools.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useArrival } from "./use-arrival.ts";
import { useElsewhere } from "./use-elsewhere.ts";
import { useEnd } from "./use-end.ts";
import { usePages } from "./use-pages.ts";
import { useReadingKeys } from "./use-reading-keys.ts";
import { WordLight } from "./word-light.ts";

const RetryDialog = lazy(async () => ({
  default: (await import("./read-dialog.tsx")).RetryDialog,
}));

interface ReadingRoomProps {
  document: Document;
  jobs: readonly Job[];
  job: Job;
  /** To begin at. */
  page: number | undefined;
  onJob: (id: string) => void;
}

export function ReadingRoom({ document, jobs, job, page, onJob }: ReadingRoomProps) {
  const live = useLiveJob(job.id);
  const pages = usePages(document, job, live);
  const [view, setView] = useState(() => recallOneOf<TextView>("text-view", textViews));
  const [hasDoubts, setDoubts] = useState(() => recall("doubts") !== "no");
  const [editing, edit] = useState<number>();
  const [retried, retry] = useState<number>();
  const [isFinding, setFinding] = useState(false);
  const kept = useMemo(
    () => ({
      place: new Place(page ?? pages[0] ?? 1, page === undefined),
      light: new WordLight(),
      shown: new Map(),
    }),
    // A job's own, and that of the page that one came for; its pages may still come.
    // oxlint-disable-next-line react/exhaustive-deps
    [job.id, page],
  );
  const room = useMemo(
    (): Room => ({ document, job, live, ...kept, view, hasDoubts, editing, edit, retry }),
    [document, job, live, kept, view, hasDoubts, editing],
  );
  const isShown = useCallback((number: number) => kept.shown.has(number), [kept]);
  const find = useFindState(live, kept.place, { isOpen: isFinding, view, isShown });
  useReadingKeys(room, pages, () => setFinding(true));
  useArrival(room, page);
  useEnd(room);
  useElsewhere(live);
  return (
    <RoomProvider value={room}>
      <FindingProvider value={find.finding}>
        <div className="print-flow flex -mb-4 h-[calc(100dvh-4rem)] flex-col md:mb-0 md:h-dvh">
          <Toolbar jobs={jobs} onJob={onJob} />
          <Panes
            pages={pages}
            onDoubts={(on) => {
              remember("doubts", on ? "yes" : "no");
              setDoubts(on);
            }}
            textTools={
              <TextTools
                onView={(next) => {
                  remember("text-view", next);
                  setView(next);
                }}
                view={view}
                isFinding={isFinding}
                onFind={() => setFinding(!isFinding)}
              />
            }
            findBar={isFinding && <FindBar find={find} onClose={() => setFinding(false)} />}
          />
        </div>
        {retried !== undefined && (
          <Suspense>
            <RetryDialog isOpen page={retried} onClose={() => retry(undefined)} />
          </Suspense>
        )}
      </FindingProvider>
    </RoomProvider>
  );
}
