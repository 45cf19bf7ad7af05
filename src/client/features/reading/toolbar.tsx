/** The head of the reading room: which document, how its job stands, what can be done with it. */
import { Link } from "@tanstack/react-router";
import { ArrowLeft, WifiOff } from "lucide-react";
import type { Job } from "../../../shared/jobs.ts";
import { DocumentState } from "../../components/document-state.tsx";
import { Chip } from "../../components/ui/chip.tsx";
import { Progress } from "../../components/ui/progress.tsx";
import { Select } from "../../components/ui/select.tsx";
import { Tooltip } from "../../components/ui/tooltip.tsx";
import { useLiveState } from "../../lib/live-job.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { DocumentName } from "./document-name.tsx";
import { JobButtons } from "./job-buttons.tsx";
import { MoreMenu } from "./more-menu.tsx";
import { shareOf } from "./progress.ts";
import { useRoom } from "./room.ts";
import { messages } from "./toolbar-messages.ts";

interface ToolbarProps {
  jobs: readonly Job[];
  onJob: (id: string) => void;
}

export function Toolbar({ jobs, onJob }: ToolbarProps) {
  const text = useMessages(messages);
  const { document, job, live } = useRoom();
  const { state, counts, isEnded } = useLiveState(live);
  const present = state === undefined || counts.pages === 0 ? job : { ...counts, state };
  const isGoingOn = counts.pages > 0 && !isEnded;
  return (
    <header className="relative border-b border-line bg-canvas print:hidden">
      <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1 px-2 py-1.5 sm:px-3">
        <div className="flex min-w-0 flex-1 items-center gap-2">
          <Tooltip label={text.library}>
            <Link
              to="/library"
              aria-label={text.library}
              className="inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-ink"
            >
              <ArrowLeft className="size-4" aria-hidden />
            </Link>
          </Tooltip>
          <DocumentName document={document} />
        </div>
        <ConnectionState />
        <DocumentState job={present} />
        {jobs.length > 1 && <JobChoice jobs={jobs} onJob={onJob} />}
        <span className="ml-auto flex items-center gap-1">
          <JobButtons />
          <MoreMenu onJob={onJob} />
        </span>
      </div>
      {isGoingOn && (
        <Progress
          share={shareOf(counts)}
          label={text.progress}
          tone={state === "paused" ? "warn" : "accent"}
          className="absolute inset-x-0 -bottom-px h-0.5 rounded-none bg-transparent"
        />
      )}
    </header>
  );
}

function ConnectionState() {
  const text = useMessages(messages);
  const { live } = useRoom();
  const { connection } = useLiveState(live);
  if (connection !== "lost" && connection !== "refused") return null;
  return (
    <span role="status">
      <Chip tone="warn" icon={<WifiOff className="size-3.5" aria-hidden />}>
        {connection === "lost" ? text.reconnecting : text.gone}
      </Chip>
    </span>
  );
}

function JobChoice({ jobs, onJob }: ToolbarProps) {
  const text = useMessages(messages);
  const formats = useFormats();
  const { job } = useRoom();
  return (
    <Select
      label={text.reading}
      value={job.id}
      options={jobs.map(({ id, createdAt, model }) => ({
        value: id,
        label: text.readingOf(formats.dateTime(createdAt), model),
      }))}
      onChange={onJob}
      className="max-w-56 [&>select]:h-8"
    />
  );
}
