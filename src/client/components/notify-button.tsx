/** Asks for the permission to tell when all is read, which browsers only give on a click. */
import { Bell } from "lucide-react";
import { useState } from "react";
import { isRunning, useBatch } from "../lib/batch.ts";
import { useMessages } from "../lib/language.tsx";
import { notificationState } from "../lib/notifications.ts";
import { Button } from "./ui/button.tsx";
import { IconButton } from "./ui/icon-button.tsx";

const messages = { en: { notify: "Tell me when done" }, zh: { notify: "完成时通知我" } };

/**
 * Nothing where nothing is being read, and where the answer was given already.
 *
 * @param isIcon without words, for rows of tools.
 */
export function NotifyButton({ isIcon = false }: { isIcon?: boolean }) {
  const text = useMessages(messages);
  const batch = useBatch();
  const [state, setState] = useState(notificationState);
  if (state !== "default" || !batch || !isRunning(batch)) return null;
  const icon = <Bell className="size-4" aria-hidden />;
  const ask = (): void => void Notification.requestPermission().then(setState);
  if (isIcon) {
    return <IconButton label={text.notify} icon={icon} onClick={ask} className="max-sm:hidden" />;
  }
  return (
    <Button size="sm" variant="ghost" icon={icon} onClick={ask}>
      {text.notify}
    </Button>
  );
}
