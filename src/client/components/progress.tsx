import { useLanguage } from "../i18n/language.tsx";
import type { Messages } from "../i18n/en.ts";
import type { Failure, RecognitionState } from "../lib/recognition-state.ts";

/** One line on how far it is; read out by screen readers when it changes. */
export function Progress({ state }: { state: RecognitionState }) {
  const { tryIt } = useLanguage().messages;
  const isFailure = state.phase === "failed";
  return (
    <p
      aria-live="polite"
      data-phase={state.phase}
      className={`min-w-0 flex-1 text-sm break-words ${isFailure ? "text-bad" : "text-muted"}`}
    >
      {progressText(state, tryIt)}
    </p>
  );
}

function progressText(state: RecognitionState, tryIt: Messages["tryIt"]): string {
  switch (state.phase) {
    case "idle":
      return "";
    case "uploading":
      return tryIt.uploading(state.fileName);
    case "reading": {
      const closed = state.pages.filter((page) => page.status !== "reading").length;
      return tryIt.reading(closed, state.pageCount);
    }
    case "done": {
      const failed = state.pages.filter((page) => page.status === "failed").length;
      const seconds = state.seconds.toFixed(1);
      return failed === 0
        ? tryIt.done(state.pageCount, seconds)
        : tryIt.doneWithFailures(state.pageCount, failed, seconds);
    }
    case "stopped":
      return tryIt.stopped;
    case "failed":
      return failureText(state.failure, tryIt);
  }
}

function failureText(failure: Failure, tryIt: Messages["tryIt"]): string {
  switch (failure.kind) {
    case "server":
      return failure.detail;
    case "network":
      return tryIt.networkError;
    case "cut":
      return tryIt.cutOff;
  }
}
