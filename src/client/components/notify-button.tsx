/** Asks for the permission to tell when all is read, which browsers only give on a click. */
import { Bell } from "lucide-react";
import { useState } from "react";
import { useMessages } from "../lib/language.tsx";
import { notificationState } from "../lib/notifications.ts";
import { Button } from "./ui/button.tsx";

const messages = { en: { notify: "Tell me when done" }, zh: { notify: "完成时通知我" } };

export function NotifyButton() {
  const text = useMessages(messages);
  const [state, setState] = useState(notificationState);
  if (state !== "default") return null;
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={<Bell className="size-4" aria-hidden />}
      onClick={() => void Notification.requestPermission().then(setState)}
    >
      {text.notify}
    </Button>
  );
}
