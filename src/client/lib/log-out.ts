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
  // This one stays: the page watches it, and would not hear of another that takes its place.
  queryClient.setQueryData(ACCOUNT_KEY, null);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ACCOUNT_KEY[0] });
  queryClient.getMutationCache().clear();
}
