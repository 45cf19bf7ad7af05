/** Ends the session of this browser. */
import { useMutation } from "@tanstack/react-query";
import { sendJson } from "./session.ts";
import { ACCOUNT_KEY, queryClient } from "./trpc.ts";

export function useLogOut() {
  return useMutation({
    mutationFn: async () => {
      await sendJson("POST", "/api/auth/logout");
    },
    onSuccess: forgetAccount,
  });
}

/** Nothing of somebody's stays in the page's memory after they have left. */
export function forgetAccount(): void {
  queryClient.clear();
  queryClient.setQueryData(ACCOUNT_KEY, null);
}
