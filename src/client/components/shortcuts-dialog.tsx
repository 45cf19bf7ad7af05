/** Every key that works here. */
import { useMessages } from "../lib/language.tsx";
import { useActiveShortcuts } from "../lib/shortcuts.ts";
import { Dialog } from "./ui/dialog.tsx";
import { Kbd } from "./ui/kbd.tsx";

const messages = {
  en: { title: "Keys" },
  zh: { title: "快捷键" },
};

export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const text = useMessages(messages);
  const shortcuts = useActiveShortcuts();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text.title}>
      <ul className="divide-y divide-line">
        {shortcuts.map(({ key, label }) => (
          <li key={key} className="flex items-center justify-between gap-4 py-2 text-sm">
            {label}
            <span className="flex gap-1">
              {key.split("+").map((part) => (
                <Kbd key={part}>{nameOf(part)}</Kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const arrows: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
};

function nameOf(key: string): string {
  if (key === "Mod") return navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
  return arrows[key] ?? key.toUpperCase();
}
