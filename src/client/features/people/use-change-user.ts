/** Changes of an account that show in the list at once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { ACCOUNT_KEY, trpc } from "../../lib/trpc.ts";
import { toast } from "../../lib/toast.ts";
import { messages } from "./messages.ts";

export function useChangeUser({ username }: { username: string }) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const client = useQueryClient();
  const after = {
    onSuccess: () => toast(text.changed(username)),
    onError: (error: unknown) =>
      toast(text.failed, { description: errorText(error), isError: true }),
    onSettled: async () => {
      await client.invalidateQueries(trpc.admin.pathFilter());
      // It may have been one's own.
      await client.invalidateQueries({ queryKey: ACCOUNT_KEY });
    },
  };
  return {
    setRole: useMutation(trpc.admin.users.setRole.mutationOptions(after)),
    setDisabled: useMutation(trpc.admin.users.setDisabled.mutationOptions(after)),
  };
}
