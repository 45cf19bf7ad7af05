/** Copies a text, and says that it has. */
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { announce } from "../lib/announce.tsx";
import { copyText } from "../lib/clipboard.ts";
import { useMessages } from "../lib/language.tsx";
import { Button, type ButtonSize } from "./ui/button.tsx";

const messages = {
  en: { copy: "Copy", copied: "Copied" },
  zh: { copy: "复制", copied: "已复制" },
};

const SHOWN_MS = 2_000;

export function CopyButton({ text, size = "sm" }: { text: string; size?: ButtonSize }) {
  const { copy, copied } = useMessages(messages);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const onClick = async (): Promise<void> => {
    await copyText(text);
    setCopied(true);
    announce(copied);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <Button
      size={size}
      icon={<Icon className="size-4" aria-hidden />}
      onClick={() => void onClick()}
    >
      {isCopied ? copied : copy}
    </Button>
  );
}
