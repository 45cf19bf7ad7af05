/** All texts that a page has had, newest first; any of them can count again. */
import { useQuery } from "@tanstack/react-query";
import { Failure } from "../../components/failure.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Chip } from "../../components/ui/chip.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { Skeleton } from "../../components/ui/skeleton.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { type Outputs, trpc } from "../../lib/trpc.ts";
import { useRoom } from "./room.ts";
import { useRestore } from "./use-restore.ts";

const en = {
  title: (page: number) => `Versions of page ${page}`,
  edited: "Edited by you",
  read: (engine: string) => `Read by ${engine}`,
  current: "Shown now",
  restore: "Restore",
  blank: "No text",
};
const zh: typeof en = {
  title: (page) => `第 ${page} 页的版本`,
  edited: "由您编辑",
  read: (engine) => `由 ${engine} 识别`,
  current: "当前版本",
  restore: "恢复",
  blank: "没有文字",
};
const messages = { en, zh };

interface VersionsDialogProps {
  page: number;
  isOpen: boolean;
  onClose: () => void;
}

export function VersionsDialog({ page, isOpen, onClose }: VersionsDialogProps) {
  const text = useMessages(messages);
  const { job, live } = useRoom();
  const restore = useRestore(onClose);
  const versions = useQuery(
    trpc.jobs.versions.queryOptions({ id: job.id, page }, { enabled: isOpen }),
  );
  const current = live?.page(page)?.version;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text.title(page)} size="lg">
      {versions.isPending && <Skeleton className="h-24 w-full" />}
      {versions.isError && (
        <Failure error={versions.error} onRetry={() => void versions.refetch()} />
      )}
      <ol className="flex flex-col divide-y divide-line">
        {versions.data?.map((version) => (
          <li key={version.version} className="flex flex-wrap items-start gap-3 py-3">
            <VersionText version={version} />
            {version.version === current ? (
              <Chip tone="accent">{text.current}</Chip>
            ) : (
              <Button
                size="sm"
                isBusy={restore.isPending && restore.variables.version === version.version}
                onClick={() => restore.mutate({ id: job.id, page, version: version.version })}
              >
                {text.restore}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

function VersionText({ version }: { version: Outputs["jobs"]["versions"][number] }) {
  const text = useMessages(messages);
  const formats = useFormats();
  return (
    <div className="min-w-0 flex-1 basis-64">
      <p className="text-sm font-medium">
        {version.origin === "edit" ? text.edited : text.read(version.model)}
      </p>
      <p className="text-xs text-muted">{formats.dateTime(version.createdAt)}</p>
      <p
        dir="auto"
        className="mt-2 line-clamp-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap text-muted"
      >
        {version.text === "" ? text.blank : version.text.slice(0, 400)}
      </p>
    </div>
  );
}
