/** Under a list that goes on: fetches what comes next. */
import { useMessages } from "../lib/language.tsx";
import { Button } from "./ui/button.tsx";

const messages = { en: { more: "Show more" }, zh: { more: "显示更多" } };

interface MoreButtonProps {
  /** As of an infinite query. */
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<unknown>;
  };
}

export function MoreButton({ list }: MoreButtonProps) {
  const text = useMessages(messages);
  if (!list.hasNextPage) return null;
  return (
    <div className="mt-4 flex justify-center">
      <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {text.more}
      </Button>
    </div>
  );
}
