/** What was brought, and how it is to be read. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { BATCH_KEY } from "../../lib/batch.ts";
import { useErrorText } from "../../lib/error-text.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { recall } from "../../lib/storage.ts";
import { toast } from "../../lib/toast.ts";
import { api, trpc } from "../../lib/trpc.ts";
import { IntakeRow } from "./intake-row.tsx";
import { type IntakeItem, intake } from "./intake.ts";
import { messages } from "./messages.ts";
import { OptionFields } from "../../components/option-fields.tsx";
import { jobOptions, useReadingOptions } from "../../lib/reading-options.ts";

export function StartDialog({ items }: { items: readonly IntakeItem[] }) {
  const text = useMessages(messages);
  const [range, setRange] = useState("");
  const [options, change] = useReadingOptions();
  const engines = useQuery(trpc.engines.list.queryOptions());
  const documents = items.flatMap((item) => item.document ?? []);
  const isSending = items.some(({ state }) => state === "waiting" || state === "sending");
  const isSingle = items.length === 1;
  const start = useStart(() => setRange(""));
  const pages = documents.reduce((sum, document) => sum + document.pages, 0);
  const begin = (): void =>
    start.mutate({
      ids: documents.map(({ id }) => id),
      options: { ...jobOptions(options), ...(isSingle && range.trim() !== "" && { pages: range }) },
    });
  return (
    <Dialog
      isOpen={items.length > 0}
      onClose={() => intake.clear()}
      title={text.staged(items.length)}
      description={<Summary items={items} pages={pages} />}
      size="lg"
      footer={
        <>
          <Button variant="ghost" onClick={() => intake.clear()}>
            {text.later}
          </Button>
          <Button
            variant="primary"
            isBusy={start.isPending || (isSending && documents.length === 0)}
            disabled={documents.length === 0 || isSending}
            onClick={begin}
          >
            {pages > 0 ? text.read(pages) : text.readNow}
          </Button>
        </>
      }
    >
      <ul className="-mx-2 mb-5 max-h-72 divide-y divide-line overflow-y-auto">
        {items.map((item) => (
          <IntakeRow key={item.id} item={item} />
        ))}
      </ul>
      <OptionFields
        options={options}
        onChange={change}
        engines={engines.data ?? []}
        range={isSingle && pages > 1 ? range : undefined}
        onRange={setRange}
      />
      <p className="mt-4 text-xs text-muted">{text.keepNote}</p>
    </Dialog>
  );
}

function Summary({ items, pages }: { items: readonly IntakeItem[]; pages: number }) {
  const text = useMessages(messages);
  const formats = useFormats();
  const bytes = items.reduce((sum, { file }) => sum + file.size, 0);
  if (pages === 0) return formats.bytes(bytes);
  const pace = Number(recall("seconds-per-page"));
  const known = pace > 0 ? `, ${text.estimate(formats.duration(pace * pages))}` : "";
  return text.stagedDetail(text.pages(pages), formats.bytes(bytes)) + known;
}

interface Start {
  ids: readonly string[];
  options: { engine?: string; prompt?: string; pages?: string };
}

/** Begins to read, and goes to where it can be watched. */
function useStart(onStarted: () => void) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, options }: Start) => {
      for (const documentId of ids) await api.jobs.start.mutate({ documentId, ...options });
      return ids;
    },
    onSuccess: async (ids) => {
      intake.clear();
      onStarted();
      await client.invalidateQueries(trpc.documents.list.pathFilter());
      void client.invalidateQueries({ queryKey: BATCH_KEY });
      const [documentId] = ids;
      if (ids.length === 1 && documentId !== undefined) {
        await navigate({ to: "/documents/$documentId", params: { documentId } });
      } else {
        toast(text.started(ids.length));
        await navigate({ to: "/library" });
      }
    },
    onError: (error) => toast(text.startFailed, { description: errorText(error), isError: true }),
  });
}
