/** Takes files that are dropped or pasted anywhere, and asks how they are to be read. */
import { FileDown } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";
import { useMessages } from "../../lib/language.tsx";
import { offerFiles, takeOfferedFiles } from "../../lib/offered-files.ts";
import { filesOf } from "./dropped-files.ts";
import { intake, useIntake } from "./intake.ts";
import { messages } from "./messages.ts";

const StartDialog = lazy(async () => ({
  default: (await import("./start-dialog.tsx")).StartDialog,
}));

export function IntakeLayer() {
  const isOver = useDropAnywhere();
  usePaste();
  useEffect(() => takeOfferedFiles((files) => intake.add(files)), []);
  const items = useIntake();
  // It stays once it has been fetched, so that it can close gently.
  const [wasOpened, setOpened] = useState(false);
  if (items.length > 0 && !wasOpened) setOpened(true);
  return (
    <>
      {isOver && <DropSign />}
      {wasOpened && (
        <Suspense>
          <StartDialog items={items} />
        </Suspense>
      )}
    </>
  );
}

function DropSign() {
  const text = useMessages(messages);
  return (
    <div className="pointer-events-none fixed inset-0 z-50 bg-canvas/85 p-6 backdrop-blur-sm">
      <div className="crop-marks flex h-full flex-col items-center justify-center gap-3 [--mark-colour:var(--accent)]">
        <FileDown className="size-10 text-accent" aria-hidden />
        <p className="font-serif text-3xl font-semibold">{text.dropNow}</p>
        <p className="text-muted">{text.dropDetail}</p>
      </div>
    </div>
  );
}

/** Whether files hang over the page. */
function useDropAnywhere(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Entering a child comes before leaving its parent.
    let depth = 0;
    const leave = (): void => {
      depth = 0;
      setOver(false);
    };
    const events: Record<string, (event: DragEvent) => void> = {
      dragenter: (event) => {
        if (!hasFiles(event)) return;
        depth++;
        setOver(true);
      },
      dragleave: (event) => {
        if (hasFiles(event) && --depth <= 0) leave();
      },
      dragover: (event) => {
        if (hasFiles(event)) event.preventDefault();
      },
      drop: (event) => {
        leave();
        if (!hasFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        void filesOf(event.dataTransfer).then(offerFiles);
      },
    };
    const all = Object.entries(events);
    const listener = (event: Event): void => {
      if (event instanceof DragEvent) events[event.type]?.(event);
    };
    for (const [name] of all) window.addEventListener(name, listener);
    return () => {
      for (const [name] of all) window.removeEventListener(name, listener);
    };
  }, []);
  return isOver;
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true;
}

function usePaste(): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      offerFiles(files);
    };
    window.addEventListener("paste", onPaste);
    return () => window.removeEventListener("paste", onPaste);
  }, []);
}
