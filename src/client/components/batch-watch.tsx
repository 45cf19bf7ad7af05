/** Tells of all that is being read, whatever screen is shown: in the tab, and when it has ended. */
import { useEffect, useRef } from "react";
import type { Batch } from "../../shared/jobs.ts";
import { announce } from "../lib/announce.tsx";
import { batchShare, isRunning, useLiveBatch } from "../lib/batch.ts";
import { useMessages } from "../lib/language.tsx";
import { notify } from "../lib/notifications.ts";
import { type TabProgress, ringIcon, setTabProgress } from "../lib/tab-progress.ts";

const en = {
  finished: ({ files, cancelledFiles, failedPages }: Batch) => {
    const read = files - cancelledFiles;
    const what = `${read} ${read === 1 ? "file has" : "files have"} been read`;
    if (failedPages === 0) return `${what}.`;
    return `${what}; ${failedPages} ${failedPages === 1 ? "page" : "pages"} failed.`;
  },
};
const zh: typeof en = {
  finished: ({ files, cancelledFiles, failedPages }) => {
    const what = `${files - cancelledFiles} 个文件已识别完成`;
    return failedPages === 0 ? `${what}。` : `${what}，${failedPages} 页失败。`;
  },
};
const messages = { en, zh };

/** In `public`, as index.html has it. */
const ICON = "/favicon.svg";

export function BatchWatch() {
  const batch = useLiveBatch();
  useNewsOfEnd(batch);
  useProgressInTab(batch && isRunning(batch) ? batch : undefined);
  return null;
}

/** In whole percents: icons are not drawn anew for less. */
function useProgressInTab(batch: Batch | undefined): void {
  const files = batch?.files ?? 0;
  const share = batch && Math.floor(batchShare(batch) * 100) / 100;
  useEffect(() => showInTab(share === undefined ? undefined : { share, files }), [share, files]);
  useEffect(() => () => showInTab(undefined), []);
}

function showInTab(progress: TabProgress | undefined): void {
  setTabProgress(progress);
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const address = progress ? ringIcon(progress.share) : ICON;
  if (icon && icon.getAttribute("href") !== address) icon.href = address;
}

function useNewsOfEnd(batch: Batch | null | undefined): void {
  const text = useMessages(messages);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (!batch) return;
    const isOver = wasRunning.current && !isRunning(batch);
    wasRunning.current = isRunning(batch);
    if (!isOver || batch.files === batch.cancelledFiles) return;
    const news = text.finished(batch);
    // Of a single file its own screen has told.
    if (batch.files > 1) announce(news);
    notify(news);
  }, [batch, text]);
}
