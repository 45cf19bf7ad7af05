/** How the text is shown, and what is looked for in it. */
import { Search } from "lucide-react";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { Select } from "../../components/ui/select.tsx";
import { Segments } from "../../components/ui/tabs.tsx";
import { useMessages } from "../../lib/language.tsx";
import { isPhone, useMedia } from "../../lib/media.ts";
import { messages } from "./messages.ts";
import { type TextView, textViews } from "./room.ts";
import { messages as toolbarMessages } from "./toolbar-messages.ts";

interface TextToolsProps {
  view: TextView;
  onView: (view: TextView) => void;
  isFinding: boolean;
  onFind: () => void;
}

export function TextTools({ view, onView, isFinding, onFind }: TextToolsProps) {
  const text = useMessages(messages);
  const { find } = useMessages(toolbarMessages);
  const views = {
    label: text.view,
    value: view,
    options: textViews.map((value) => ({ value, label: text.views[value] })),
    onChange: onView,
  };
  return (
    <span className="flex items-center gap-1">
      {useMedia(isPhone) ? (
        <Select {...views} className="[&>select]:pr-8" />
      ) : (
        <Segments {...views} />
      )}
      <IconButton
        label={find}
        shortcut="/"
        isPressed={isFinding}
        icon={<Search className="size-4" aria-hidden />}
        onClick={onFind}
      />
    </span>
  );
}
