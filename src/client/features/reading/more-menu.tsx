/** What is done with the whole document: copy, download, read again, delete. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Download, Ellipsis, FileDown, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Confirm } from "../../components/ui/confirm.tsx";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../../components/ui/menu.tsx";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages as roomMessages } from "./messages.ts";
import { ReadAgainDialog } from "./read-dialog.tsx";
import { type Room, useRoom } from "./room.ts";
import { messages } from "./toolbar-messages.ts";
import { useCopy } from "./use-copy.ts";
import { useToldError } from "./use-restore.ts";

const icon = "size-4 text-muted";
const formats = ["md", "txt", "json"] as const;

export function MoreMenu({ onJob }: { onJob: (id: string) => void }) {
  const text = useMessages(messages);
  const { copiedAll } = useMessages(roomMessages);
  const room = useRoom();
  const { document, job } = room;
  const copy = useCopy();
  const [asked, setAsked] = useState<"read" | "remove">();
  const close = (): void => setAsked(undefined);
  return (
    <>
      <Menu
        trigger={
          <IconButton label={text.more} icon={<Ellipsis className="size-4" aria-hidden />} />
        }
      >
        <MenuItem
          icon={<Copy className={icon} aria-hidden />}
          onClick={() => {
            const texts = textsOf(room);
            copy(texts.join("\n\n"), copiedAll(texts.length));
          }}
        >
          {text.copyAll}
        </MenuItem>
        <Downloads documentId={document.id} jobId={job.id} />
        <MenuSeparator />
        <MenuItem
          icon={<RotateCcw className={icon} aria-hidden />}
          onClick={() => setAsked("read")}
        >
          {text.readAgain}
        </MenuItem>
        <MenuItem
          icon={<Trash2 className="size-4" aria-hidden />}
          isDanger
          onClick={() => setAsked("remove")}
        >
          {text.remove}
        </MenuItem>
      </Menu>
      <ReadAgainDialog
        documentId={document.id}
        isOpen={asked === "read"}
        onClose={close}
        onStarted={onJob}
      />
      <RemoveDialog documentId={document.id} isOpen={asked === "remove"} onClose={close} />
    </>
  );
}

function Downloads({ documentId, jobId }: { documentId: string; jobId: string }) {
  const text = useMessages(messages);
  const url = `/api/documents/${documentId}`;
  return (
    <>
      {formats.map((format) => (
        <MenuLink
          key={format}
          href={`${url}/export?format=${format}&job=${jobId}`}
          icon={<Download className={icon} aria-hidden />}
          download
        >
          {text.downloads[format]}
        </MenuLink>
      ))}
      <MenuLink href={`${url}/file`} icon={<FileDown className={icon} aria-hidden />} download>
        {text.original}
      </MenuLink>
    </>
  );
}

/** In the order of the pages; only those that have a text. */
function textsOf({ live }: Room): string[] {
  const pages = [...(live?.view.pages.values() ?? [])].sort((a, b) => a.page - b.page);
  return pages.map(({ text }) => text).filter((text) => text !== "");
}

interface RemoveDialogProps {
  documentId: string;
  isOpen: boolean;
  onClose: () => void;
}

function RemoveDialog({ documentId, isOpen, onClose }: RemoveDialogProps) {
  const text = useMessages(messages);
  const navigate = useNavigate();
  const client = useQueryClient();
  const onError = useToldError();
  const remove = useMutation(
    trpc.documents.remove.mutationOptions({
      async onSuccess() {
        toast(text.removed);
        await navigate({ to: "/library" });
        await client.invalidateQueries(trpc.documents.list.pathFilter());
      },
      onError,
    }),
  );
  return (
    <Confirm
      isOpen={isOpen}
      title={text.removeTitle}
      description={text.removeDetail}
      action={text.removeAction}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ id: documentId })}
      onClose={onClose}
    />
  );
}
