/** Reads again, a page or the whole document: with which engine, prompt and resolution. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { OptionFields } from "../../components/option-fields.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { LabelledControl } from "../../components/ui/field.tsx";
import { Select } from "../../components/ui/select.tsx";
import { BATCH_KEY } from "../../lib/batch.ts";
import { useMessages } from "../../lib/language.tsx";
import { jobOptions, useReadingOptions } from "../../lib/reading-options.ts";
import { api, trpc } from "../../lib/trpc.ts";
import { useRoom } from "./room.ts";
import { useToldError } from "./use-restore.ts";

const en = {
  page: (page: number) => `Read page ${page} again`,
  pageDetail: "Its text so far is kept as a version.",
  document: "Read the document again",
  documentDetail: "As a reading of its own: what was read before stays.",
  resolution: "Resolution",
  resolutions: {
    usual: "As usual",
    "1536": "Lower (1536 px)",
    "2560": "Higher (2560 px)",
    "3840": "Highest (3840 px)",
  },
  resolutionHint: "Higher for small print, lower for large or blurred print.",
  cancel: "Cancel",
  read: "Read",
};
const zh: typeof en = {
  page: (page) => `重新识别第 ${page} 页`,
  pageDetail: "之前的文字会保留为一个版本。",
  document: "重新识别整个文档",
  documentDetail: "作为一次新的识别，之前的结果会保留。",
  resolution: "分辨率",
  resolutions: {
    usual: "默认",
    "1536": "较低（1536 像素）",
    "2560": "较高（2560 像素）",
    "3840": "最高（3840 像素）",
  },
  resolutionHint: "小字用较高分辨率，大字或模糊的字用较低分辨率。",
  cancel: "取消",
  read: "识别",
};
const messages = { en, zh };
const resolutions = ["usual", "1536", "2560", "3840"] as const;

interface ReadDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

export function RetryDialog({ page, ...dialog }: ReadDialogProps & { page: number }) {
  const text = useMessages(messages);
  const { job, live } = useRoom();
  const [options, change] = useReadingOptions();
  const [resolution, setResolution] = useState<(typeof resolutions)[number]>("usual");
  const engines = useQuery(trpc.engines.list.queryOptions());
  const onError = useToldError();
  const retry = useMutation(
    trpc.jobs.retryPage.mutationOptions({
      onSuccess() {
        // One that has ended goes on, and is followed again.
        live?.start();
        dialog.onClose();
      },
      onError,
    }),
  );
  const longestSide = resolution === "usual" ? {} : { longestSide: Number(resolution) };
  return (
    <Dialog
      {...dialog}
      title={text.page(page)}
      description={text.pageDetail}
      size="lg"
      footer={
        <Buttons
          isBusy={retry.isPending}
          onCancel={dialog.onClose}
          onRead={() => retry.mutate({ id: job.id, page, ...jobOptions(options), ...longestSide })}
        />
      }
    >
      <OptionFields options={options} onChange={change} engines={engines.data ?? []}>
        <LabelledControl label={text.resolution} hint={text.resolutionHint}>
          {(id) => (
            <Select
              id={id}
              value={resolution}
              options={resolutions.map((value) => ({ value, label: text.resolutions[value] }))}
              onChange={setResolution}
            />
          )}
        </LabelledControl>
      </OptionFields>
    </Dialog>
  );
}

interface StartDialogProps extends ReadDialogProps {
  documentId: string;
  onStarted: (jobId: string) => void;
}

export function ReadAgainDialog({ documentId, onStarted, ...dialog }: StartDialogProps) {
  const text = useMessages(messages);
  const client = useQueryClient();
  const [options, change] = useReadingOptions();
  const [range, setRange] = useState("");
  const engines = useQuery(trpc.engines.list.queryOptions());
  const onError = useToldError();
  const start = useMutation({
    mutationFn: async () =>
      await api.jobs.start.mutate({
        documentId,
        ...jobOptions(options),
        ...(range.trim() !== "" && { pages: range }),
      }),
    async onSuccess({ id }) {
      await client.invalidateQueries(trpc.jobs.list.pathFilter());
      void client.invalidateQueries({ queryKey: BATCH_KEY });
      onStarted(id);
      dialog.onClose();
    },
    onError,
  });
  return (
    <Dialog
      {...dialog}
      title={text.document}
      description={text.documentDetail}
      size="lg"
      footer={
        <Buttons isBusy={start.isPending} onCancel={dialog.onClose} onRead={() => start.mutate()} />
      }
    >
      <OptionFields
        options={options}
        onChange={change}
        engines={engines.data ?? []}
        range={range}
        onRange={setRange}
      />
    </Dialog>
  );
}

interface ButtonsProps {
  isBusy: boolean;
  onCancel: () => void;
  onRead: () => void;
}

function Buttons({ isBusy, onCancel, onRead }: ButtonsProps) {
  const text = useMessages(messages);
  return (
    <>
      <Button onClick={onCancel}>{text.cancel}</Button>
      <Button variant="primary" isBusy={isBusy} onClick={onRead}>
        {text.read}
      </Button>
    </>
  );
}
