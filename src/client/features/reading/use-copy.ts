/** Copies a text and says so. */
import { copyText } from "../../lib/clipboard.ts";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { messages } from "./messages.ts";

export function useCopy(): (text: string, done: string) => void {
  const { copyFailed } = useMessages(messages);
  const copy = async (text: string, done: string): Promise<void> => {
    try {
      await copyText(text);
      toast(done);
    } catch {
      toast(copyFailed, { isError: true });
    }
  };
  return (text, done) => void copy(text, done);
}
