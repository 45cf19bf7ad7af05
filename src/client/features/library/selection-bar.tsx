/** What can be done with several documents at once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Menu, MenuItem } from "../../components/ui/menu.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { api, trpc } from "../../lib/trpc.ts";
import type { LibraryDocument } from "./document-row.tsx";
import { download } from "./download.ts";
import { messages } from "./messages.ts";

interface SelectionBarProps {
  documents: readonly LibraryDocument[];
  selected: readonly LibraryDocument[];
  onSelect: (ids: readonly string[]) => void;
}

export function SelectionBar({ documents, selected, onSelect }: SelectionBarProps) {
  const text = useMessages(messages);
  const isAll = selected.length > 0 && selected.length === documents.length;
  if (documents.length === 0) return null;
  return (
    <div className="mb-2 flex h-10 items-center gap-3 px-3 text-sm">
      <label className="flex items-center gap-3 text-muted">
        <input
          type="checkbox"
          ref={(box) => {
            if (box) box.indeterminate = selected.length > 0 && !isAll;
          }}
          checked={isAll}
          onChange={() => onSelect(isAll ? [] : documents.map(({ id }) => id))}
          className="size-4.5 accent-accent"
        />
        {selected.length > 0 ? text.selected(selected.length) : text.selectAll}
      </label>
      {selected.length > 0 && (
        <div className="ml-auto flex gap-2">
          <DownloadMenu documents={selected} />
          <DeleteButton documents={selected} onDeleted={() => onSelect([])} />
        </div>
      )}
    </div>
  );
}

function DownloadMenu({ documents }: { documents: readonly LibraryDocument[] }) {
  const text = useMessages(messages);
  const formats = { md: text.markdown, txt: text.plain, json: text.json };
  const trigger = (
    <button type="button" className={buttonClass("secondary", "sm")}>
      <Download className="size-4" aria-hidden />
      {text.download}
    </button>
  );
  return (
    <Menu trigger={trigger}>
      {Object.entries(formats).map(([format, label]) => (
        <MenuItem key={format} onClick={() => void download(documents, format)}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

interface DeleteButtonProps {
  documents: readonly LibraryDocument[];
  onDeleted: () => void;
}

function DeleteButton({ documents, onDeleted }: DeleteButtonProps) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: async () => {
      for (const { id } of documents) await api.documents.remove.mutate({ id });
    },
    onSuccess() {
      toast(text.deleted(documents.length));
      onDeleted();
    },
    onError: (error) => toast(text.deleteFailed, { description: errorText(error), isError: true }),
    onSettled: async () => {
      setAsking(false);
      await client.invalidateQueries(trpc.documents.pathFilter());
    },
  });
  return (
    <>
      <Button
        size="sm"
        variant="danger"
        icon={<Trash2 className="size-4" aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {text.delete}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={text.deleteTitle(documents.length)}
        description={text.deleteDetail}
        action={text.delete}
        isBusy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
