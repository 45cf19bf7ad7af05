/** The keys of the reading room; `?` lists them. */
import { useMessages } from "../../lib/language.tsx";
import { messages as roomMessages } from "./messages.ts";
import { pageBeside } from "./page-field.tsx";
import type { Room } from "./room.ts";
import { messages } from "./toolbar-messages.ts";
import { useCopy } from "./use-copy.ts";
import { useKeys } from "./use-keys.ts";

export function useReadingKeys(
  { place, live, edit, retry }: Room,
  pages: readonly number[],
  onFind: () => void,
): void {
  const { keys } = useMessages(messages);
  const { copied } = useMessages(roomMessages);
  const copy = useCopy();
  const next = (): void => place.goTo(pageBeside(pages, place.page, 1));
  const previous = (): void => place.goTo(pageBeside(pages, place.page, -1));
  /** Of a page that is not being read. */
  const withPage = (run: (page: number) => void): void => {
    const state = live?.page(place.page)?.state;
    if (state !== undefined && state !== "pending" && state !== "running") run(place.page);
  };
  useKeys([
    { key: "j", label: keys.next, run: next },
    { key: "ArrowRight", label: keys.next, run: next },
    { key: "k", label: keys.previous, run: previous },
    { key: "ArrowLeft", label: keys.previous, run: previous },
    { key: "e", label: keys.edit, run: () => withPage(edit) },
    { key: "r", label: keys.retry, run: () => withPage(retry) },
    {
      key: "c",
      label: keys.copy,
      run: () => {
        const text = live?.page(place.page)?.text ?? "";
        if (text !== "") copy(text, copied(place.page));
      },
    },
    { key: "f", label: keys.follow, run: () => place.follow(!place.isFollowing) },
    { key: "/", label: keys.find, run: onFind },
    { key: "Mod+f", label: keys.find, run: onFind },
  ]);
}
