/** All files that are being read at the moment, as one. */
import { NotifyButton } from "../../components/notify-button.tsx";
import { Progress } from "../../components/ui/progress.tsx";
import { batchShare, isRunning, useBatch } from "../../lib/batch.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";

export function BatchProgress() {
  const text = useMessages(messages);
  const batch = useBatch();
  if (!batch || !isRunning(batch)) return null;
  const { runningFiles, endedPages, pages } = batch;
  const words = text.batch(endedPages, pages);
  return (
    <section className="sheet mb-6 flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <p className="text-sm font-medium">{text.batchFiles(runningFiles)}</p>
      <Progress share={batchShare(batch)} label={words} className="min-w-40 flex-1" />
      <p className="text-sm text-muted tabular-nums">{words}</p>
      <NotifyButton />
    </section>
  );
}
