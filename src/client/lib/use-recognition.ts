/** Runs one recognition at a time and keeps its state. */
import { useCallback, useEffect, useReducer, useRef } from "react";
import type { OcrEvent } from "../../shared/ocr-events.ts";
import { type RecognitionRequest, RecognitionError, recognize } from "./recognize.ts";
import { type Failure, type RecognitionState, recognitionReducer } from "./recognition-state.ts";

/** Deltas come faster than a screen draws; they are shown in batches. */
const BATCH_MS = 50;

export interface Recognition {
  state: RecognitionState;
  start: (request: RecognitionRequest) => void;
  stop: () => void;
}

export function useRecognition(): Recognition {
  const [state, dispatch] = useReducer(recognitionReducer, { phase: "idle" });
  const running = useRef<AbortController>(undefined);

  const start = useCallback((request: RecognitionRequest): void => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    dispatch({ type: "started", fileName: request.file.name });
    void (async () => {
      const failure = await follow(request, controller.signal, (events, seconds) =>
        dispatch({ type: "events", events, seconds }),
      );
      if (failure && !controller.signal.aborted) dispatch({ type: "failed", failure });
    })();
  }, []);

  const stop = useCallback((): void => {
    running.current?.abort();
    dispatch({ type: "stopped" });
  }, []);

  useEffect(() => () => running.current?.abort(), []);
  return { state, start, stop };
}

type Show = (events: readonly OcrEvent[], seconds: number) => void;

/** Shows the events until the stream ends; returns what went wrong, if anything. */
async function follow(
  request: RecognitionRequest,
  signal: AbortSignal,
  show: Show,
): Promise<Failure | undefined> {
  const startedAt = performance.now();
  let batch: OcrEvent[] = [];
  let closed = false;
  const flush = (): void => {
    if (batch.length > 0 && !signal.aborted) show(batch, (performance.now() - startedAt) / 1000);
    batch = [];
  };
  const timer = setInterval(flush, BATCH_MS);
  try {
    for await (const event of recognize(request, signal)) {
      batch.push(event);
      closed ||= event.type === "end" || event.type === "error";
    }
    return closed ? undefined : { kind: "cut" };
  } catch (error) {
    if (error instanceof RecognitionError) return { kind: "server", detail: error.message };
    return { kind: "network" };
  } finally {
    clearInterval(timer);
    flush();
  }
}
