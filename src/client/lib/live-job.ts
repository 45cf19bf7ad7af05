/**
 * Jobs that are followed live. Events change a view in place; components that show a page, or the
 * job's state, are told at most thirty times a second, and only those whose part has changed: dozens of pages
 * may stream at once.
 */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { JobEvent } from "../../shared/job-events.ts";
import { JobView, type PageView } from "../../shared/job-view.ts";
import { api, codeOf } from "./trpc.ts";
import { isEnded } from "../../shared/job-states.ts";

/** How the job is followed; `lost` goes on trying. */
export type Connection = "connecting" | "live" | "lost" | "ended" | "refused";

/** At least so long between two tellings: what grows thirty times a second grows smoothly. */
const CALM_MS = 30;
/** Where frames do not come, as in a tab that nobody looks at. */
const HIDDEN_MS = 250;
/** Until a connection that the browser has given up is tried again. */
const RETRY_MS = 2_000;
/** Errors of a server that will be there again. */
const PASSING = new Set(["shutting_down", "internal"]);

/** What a listener listens to: one page by its number, or the job as a whole. */
type Part = number | "job";

export class LiveJob {
  readonly id: string;
  readonly view = new JobView();
  connection: Connection = "connecting";
  /** Pages, done and failed ones. */
  counts = { pages: 0, donePages: 0, failedPages: 0 };
  readonly #versions = new Map<Part, number>();
  readonly #listeners = new Map<Part, Set<() => void>>();
  readonly #changed = new Set<Part>();
  #isScheduled = false;
  #toldAt = 0;
  #stop: (() => void) | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Begins, or begins again after the job has ended and was taken up. */
  start(): void {
    this.stop();
    if (this.connection !== "lost") this.#setConnection("connecting");
    // What a subscription says that was stopped is about nothing any more.
    let isCurrent = true;
    const subscription = api.jobs.events.subscribe(
      { id: this.id },
      {
        onData: ({ data }) => this.apply(data),
        onConnectionStateChange: ({ state, error }) => {
          if (isCurrent && state === "pending") this.#setConnection("live");
          if (isCurrent && state === "connecting" && error) this.#setConnection("lost");
        },
        onComplete: () => {
          if (isCurrent) this.#onEnd();
        },
        onError: (error) => {
          if (isCurrent) this.#onError(error);
        },
      },
    );
    const onOnline = (): void => {
      if (this.connection === "lost") this.start();
    };
    window.addEventListener("online", onOnline);
    this.#stop = () => {
      isCurrent = false;
      clearTimeout(this.#retry);
      window.removeEventListener("online", onOnline);
      subscription.unsubscribe();
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  page(number: number): PageView | undefined {
    return this.view.pages.get(number);
  }

  /** Changes whenever the part does. */
  version(part: Part): number {
    return this.#versions.get(part) ?? 0;
  }

  listen(part: Part, listener: () => void): () => void {
    const listeners = this.#listeners.get(part) ?? new Set();
    this.#listeners.set(part, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Also what one has changed oneself: of a job that has ended nobody tells. */
  apply(events: readonly JobEvent[]): void {
    for (const event of events) {
      this.view.apply(event);
      if (event.type === "job") {
        const { pages, donePages, failedPages } = event;
        this.counts = { pages, donePages, failedPages };
        this.#changed.add("job");
      } else {
        this.#changed.add(event.page);
        if (event.type === "page") this.#changed.add("job");
      }
    }
    this.#schedule();
  }

  /** A server that goes down ends its streams in good order, too. */
  #onEnd(): void {
    if (isEnded(this.view.state)) this.#setConnection("ended");
    else this.#tryAgain();
  }

  /** Browsers give up where something else answers, such as a proxy without its server. */
  #onError(error: unknown): void {
    const code = codeOf(error);
    if (code === undefined || PASSING.has(code)) this.#tryAgain();
    else this.#setConnection("refused");
  }

  #tryAgain(): void {
    this.#setConnection("lost");
    this.#retry = setTimeout(() => this.start(), RETRY_MS);
  }

  #setConnection(connection: Connection): void {
    this.connection = connection;
    this.#changed.add("job");
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (document.hidden) setTimeout(() => this.#tell(), HIDDEN_MS);
    else requestAnimationFrame(this.#onFrame);
  }

  readonly #onFrame = (): void => {
    if (performance.now() - this.#toldAt < CALM_MS) requestAnimationFrame(this.#onFrame);
    else this.#tell();
  };

  #tell(): void {
    this.#isScheduled = false;
    this.#toldAt = performance.now();
    const parts = [...this.#changed];
    this.#changed.clear();
    for (const part of parts) {
      this.#versions.set(part, this.version(part) + 1);
      for (const listener of this.#listeners.get(part) ?? []) listener();
    }
  }
}

/** Follows the job as long as the component lives; undefined without a job. */
export function useLiveJob(id: string | undefined): LiveJob | undefined {
  const live = useMemo(() => (id === undefined ? undefined : new LiveJob(id)), [id]);
  useEffect(() => {
    live?.start();
    return () => live?.stop();
  }, [live]);
  return live;
}

/** Renders again when the job's state, counts or connection change, or a page's state. */
export function useLiveState(live: LiveJob | undefined): {
  state: JobView["state"] | undefined;
  counts: LiveJob["counts"];
  connection: Connection;
  isEnded: boolean;
} {
  useVersion(live, "job");
  const state = live?.view.state;
  return {
    state,
    counts: live?.counts ?? { pages: 0, donePages: 0, failedPages: 0 },
    connection: live?.connection ?? "connecting",
    isEnded: state !== undefined && isEnded(state),
  };
}

/** Renders again when the page changes. */
export function useLivePage(live: LiveJob | undefined, page: number): PageView | undefined {
  useVersion(live, page);
  return live?.page(page);
}

function useVersion(live: LiveJob | undefined, part: Part): number {
  return useSyncExternalStore(
    (listener) => live?.listen(part, listener) ?? (() => {}),
    () => live?.version(part) ?? 0,
  );
}
