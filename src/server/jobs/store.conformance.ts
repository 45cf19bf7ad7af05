/** The suite that every job store passes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { JobStore, StoredJob } from "./store.ts";

export interface StoreSubject extends Disposable {
  store: JobStore;
  /** Two users, the first with two documents. */
  users: [number, number];
  documents: [string, string];
}

export function describeJobStore(name: string, create: () => Promise<StoreSubject>): void {
  let subject: StoreSubject;
  let store: JobStore;
  beforeEach(async () => {
    subject = await create();
    ({ store } = subject);
  });
  afterEach(() => subject[Symbol.dispose]());

  async function newJob(documentIndex: 0 | 1 = 0, pages = [1, 2, 3]): Promise<StoredJob> {
    return await store.create({
      documentId: subject.documents[documentIndex],
      userId: subject.users[0],
      engine: "scripted",
      model: "test",
      prompt: "Read.",
      pages,
    });
  }
  const read = (text: string) => ({ engine: "scripted", model: "test", text });

  describe(name, () => {
    test("a new job waits, with all its pages", async () => {
      const job = await newJob(0, [2, 5]);
      expect(await store.get(job.id)).toEqual(job);
      expect(job).toMatchObject({ state: "queued", pages: 2, donePages: 0, failedPages: 0 });
      expect(await store.pages(job.id)).toEqual([
        { page: 2, state: "pending", attempt: 0, version: 0 },
        { page: 5, state: "pending", attempt: 0, version: 0 },
      ]);
    });

    test("lists the newest first, by user, by document and by cursor", async () => {
      const jobs = [await newJob(0), await newJob(1), await newJob(0)];
      const ids = jobs.map((job) => job.id);
      const list = async (filter: Parameters<JobStore["list"]>[0], limit = 10, before?: string) =>
        (await store.list(filter, { limit, before })).map((job) => ids.indexOf(job.id));
      expect(await list({ userId: subject.users[0] })).toEqual([2, 1, 0]);
      expect(await list({ userId: subject.users[1] })).toEqual([]);
      expect(await list({ documentId: subject.documents[0] })).toEqual([2, 0]);
      expect(await list({}, 1)).toEqual([2]);
      expect(await list({}, 10, ids[2])).toEqual([1, 0]);
    });

    test("a page's way: begun, read, and its text can be had with all that belongs to it", async () => {
      const { id } = await newJob();
      expect(await store.beginPage(id, 2)).toBe(1);
      expect((await store.pages(id))[1]).toMatchObject({ state: "running", attempt: 1 });
      expect(await store.page(id, 2)).toMatchObject({ page: 2, state: "running", attempt: 1 });
      expect(await store.page(id, 4)).toBeUndefined();
      const lines = [
        { text: "Hi", confidence: 0.9, box: [0, 0, 0.5, 0.1] as [number, number, number, number] },
      ];
      const details = { lines, confidence: 0.9, source: "engine" as const, finishReason: "stop" };
      expect(await store.endPage(id, 2, { ...read("Hi"), ...details })).toBe(1);
      expect((await store.pages(id))[1]).toMatchObject({ state: "done", version: 1 });
      expect(await store.version(id, 2)).toMatchObject({
        text: "Hi",
        origin: "engine",
        ...details,
      });
      expect(await store.get(id)).toMatchObject({ donePages: 1, failedPages: 0 });
    });

    test("a page that fails says why; one that had a text keeps it", async () => {
      const { id } = await newJob();
      const failure = { code: "engine_failed", detail: "No." };
      await store.beginPage(id, 1);
      expect(await store.failPage(id, 1, failure)).toMatchObject({
        state: "failed",
        error: failure,
      });
      await store.endPage(id, 2, read("text"));
      await store.beginPage(id, 2);
      expect(await store.failPage(id, 2, failure)).toMatchObject({ state: "done", version: 1 });
      expect(await store.get(id)).toMatchObject({ donePages: 1, failedPages: 1 });
      await store.endPage(id, 1, read("now"));
      expect((await store.pages(id))[0]).toEqual({
        page: 1,
        state: "done",
        attempt: 1,
        version: 1,
        origin: "engine",
      });
    });

    test("pages that were begun can wait again; those that wait can be given up", async () => {
      const { id } = await newJob();
      await store.beginPage(id, 1);
      await store.endPage(id, 2, read("kept"));
      await store.requeuePage(id, 2, { engine: "other", longestSide: 3000 });
      await store.beginPage(id, 2);
      await store.releasePages(id);
      expect((await store.pages(id)).map(({ state }) => state)).toEqual([
        "pending",
        "pending",
        "pending",
      ]);
      expect(await store.overrides(id, 2)).toEqual({ engine: "other", longestSide: 3000 });
      expect(await store.overrides(id, 1)).toEqual({});
      await store.cancelPages(id);
      expect((await store.pages(id)).map(({ state }) => state)).toEqual([
        "cancelled",
        "done",
        "cancelled",
      ]);
    });

    test("every text stays as a version, and each can count again", async () => {
      const { id } = await newJob();
      await store.endPage(id, 1, read("one"));
      await store.endPage(id, 1, read("two"));
      expect(await store.editPage(id, 1, "edited")).toBe(3);
      expect(await store.version(id, 1)).toMatchObject({ text: "edited", origin: "edit" });
      expect(await store.version(id, 1, 1)).toMatchObject({ text: "one" });
      expect((await store.versions(id, 1)).map(({ text }) => text)).toEqual([
        "edited",
        "two",
        "one",
      ]);
      expect(await store.restoreVersion(id, 1, 2)).toBe(true);
      expect(await store.version(id, 1)).toMatchObject({ text: "two", version: 2 });
      expect(await store.editPage(id, 1, "again")).toBe(4);
      expect(await store.restoreVersion(id, 1, 9)).toBe(false);
      expect(await store.version(id, 2)).toBeUndefined();
    });

    test("what has to go on after a restart: what runs or waits, the oldest first", async () => {
      const jobs = [await newJob(), await newJob(), await newJob(), await newJob()];
      const [first = "", second = "", third = "", fourth = ""] = jobs.map((job) => job.id);
      await store.setState(first, "running");
      await store.setState(second, "done", null);
      await store.setState(third, "paused");
      expect((await store.unfinished()).map((job) => job.id)).toEqual([first, fourth]);
      expect((await store.get(second))?.endedAt).toBeDefined();
      expect((await store.get(first))?.endedAt).toBeUndefined();
      // Asked for again, in the same step: a server that dies then finds it.
      await store.requeuePage(second, 1, {});
      expect((await store.unfinished()).map((job) => job.id)).toEqual([first, second, fourth]);
      expect((await store.get(second))?.endedAt).toBeUndefined();
      await store.requeuePage(third, 1, {});
      expect((await store.get(third))?.state).toBe("paused");
    });
  });
}
