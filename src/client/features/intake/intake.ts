/**
 * The files that somebody has brought and that are not being read yet. They are sent at once, one
 * after another, while it is still chosen how they are to be read.
 */
import { useSyncExternalStore } from "react";
import { type UploadedDocument, uploadFile } from "../../lib/upload.ts";
import { codeOf } from "../../lib/trpc.ts";

export interface IntakeItem {
  id: number;
  file: File;
  state: "waiting" | "sending" | "ready" | "failed";
  /** 0–1, of the sending. */
  share: number;
  document?: UploadedDocument;
  error?: unknown;
  password?: string;
}

/** Enough to use the line, few enough to let the first be read early. */
const MOST_AT_ONCE = 2;

class Intake {
  items: readonly IntakeItem[] = [];
  #nextId = 1;
  readonly #sending = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    const added = files.map((file): IntakeItem => ({
      id: this.#nextId++,
      file,
      state: "waiting",
      share: 0,
    }));
    this.#set([...this.items, ...added]);
    this.#sendNext();
  }

  /** Again, for instance with a password. */
  retry(id: number, password?: string): void {
    this.#change(id, { state: "waiting", share: 0, ...(password !== undefined && { password }) });
    this.#sendNext();
  }

  remove(id: number): void {
    this.#sending.get(id)?.abort();
    this.#set(this.items.filter((item) => item.id !== id));
    this.#sendNext();
  }

  /** What was sent stays in the library. */
  clear(): void {
    for (const controller of this.#sending.values()) controller.abort();
    this.#set([]);
  }

  #sendNext(): void {
    while (this.#sending.size < MOST_AT_ONCE) {
      const next = this.items.find((item) => item.state === "waiting");
      if (!next) return;
      void this.#send(next);
    }
  }

  async #send({ id, file, password }: IntakeItem): Promise<void> {
    const controller = new AbortController();
    this.#sending.set(id, controller);
    this.#change(id, { state: "sending" });
    try {
      const document = await uploadFile(file, {
        password,
        signal: controller.signal,
        onProgress: (share) => this.#change(id, { share }),
      });
      this.#change(id, { state: "ready", share: 1, document });
    } catch (error) {
      if (!controller.signal.aborted) this.#change(id, { state: "failed", error });
    } finally {
      this.#sending.delete(id);
      this.#sendNext();
    }
  }

  #change(id: number, change: Partial<IntakeItem>): void {
    this.#set(this.items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  #set(items: readonly IntakeItem[]): void {
    this.items = items;
    for (const listener of this.#listeners) listener();
  }
}

export const intake = new Intake();

export function useIntake(): readonly IntakeItem[] {
  return useSyncExternalStore(intake.listen, () => intake.items);
}

export function needsPassword({ state, error }: IntakeItem): boolean {
  return state === "failed" && ["password_needed", "password_wrong"].includes(codeOf(error) ?? "");
}
