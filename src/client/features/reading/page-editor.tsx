/** A page's text as somebody writes it. Saved as a version of its own; the others stay. */
import { useBlocker } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Kbd } from "../../components/ui/kbd.tsx";
import { useMessages } from "../../lib/language.tsx";
import { useRoom } from "./room.ts";
import { useSavePage } from "./use-restore.ts";

const en = {
  label: (page: number) => `Text of page ${page}`,
  save: "Save",
  cancel: "Cancel",
  hint: "Markdown. The text before is kept as a version.",
  leaveTitle: "Leave without saving?",
  leave: "Your changes to this page are not saved yet.",
  discard: "Discard",
};
const zh: typeof en = {
  label: (page) => `第 ${page} 页的文字`,
  save: "保存",
  cancel: "取消",
  hint: "Markdown 格式。之前的文字会保留为一个版本。",
  leaveTitle: "不保存就离开？",
  leave: "对本页的修改尚未保存。",
  discard: "放弃修改",
};
const messages = { en, zh };

interface PageEditorProps {
  page: number;
  text: string;
  onClose: () => void;
}

export function PageEditor({ page, text: before, onClose }: PageEditorProps) {
  const text = useMessages(messages);
  const { job } = useRoom();
  const [draft, setDraft] = useState(before);
  const [isLeaving, setLeaving] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const save = useSavePage(onClose);
  const isChanged = draft !== before;
  const blocker = useBlocker({
    shouldBlockFn: () => isChanged && !save.isSuccess,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  // Asked again it takes the question back: a second Escape may come before the question has the focus.
  const leave = (): void => (isChanged ? setLeaving((isAsked) => !isAsked) : onClose());
  const commit = (): void =>
    isChanged ? save.mutate({ id: job.id, page, text: draft }) : onClose();
  const onKey = (event: KeyboardEvent): void => {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
    if (!isSave && event.key !== "Escape") return;
    event.preventDefault();
    // Or the same key would close the question that it opens.
    event.stopPropagation();
    if (isSave) commit();
    else leave();
  };
  return (
    <div className="flex flex-col gap-3">
      <textarea
        ref={field}
        aria-label={text.label(page)}
        value={draft}
        dir="auto"
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKey}
        className="field-sizing-content max-h-[45dvh] min-h-40 md:max-h-[65dvh] w-full resize-y rounded-lg border border-line-strong bg-raised p-4 font-mono text-[0.8125rem] leading-relaxed"
      />
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-40 flex-1 text-xs text-muted">{text.hint}</p>
        <Button size="sm" onClick={leave}>
          {text.cancel}
        </Button>
        <Button size="sm" variant="primary" isBusy={save.isPending} onClick={commit}>
          {text.save} <Kbd isOnButton>Ctrl S</Kbd>
        </Button>
      </div>
      <Confirm
        isOpen={isLeaving || blocker.status === "blocked"}
        title={text.leaveTitle}
        description={text.leave}
        action={text.discard}
        onConfirm={() => (blocker.status === "blocked" ? blocker.proceed() : onClose())}
        onClose={() => {
          setLeaving(false);
          blocker.reset?.();
        }}
      />
    </div>
  );
}
