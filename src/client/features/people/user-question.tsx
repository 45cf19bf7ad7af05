/** The questions before an account is disabled, made mightier, or given another password. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "../../components/ui/confirm.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { toast } from "../../lib/toast.ts";
import { generatePassword } from "./generate-password.ts";
import { messages } from "./messages.ts";
import { NewPassword } from "./new-password.tsx";
import { useChangeUser } from "./use-change-user.ts";
import type { User } from "./user-list.tsx";

export type Question = "admin" | "disable" | "password";

interface UserQuestionProps {
  user: User;
  question: Question | undefined;
  onClose: () => void;
}

export function UserQuestion({ user, question, onClose }: UserQuestionProps) {
  const text = useMessages(messages);
  const { setRole, setDisabled } = useChangeUser(user);
  const reset = useResetPassword(user);
  const userId = user.id;
  const close = { onSettled: onClose };
  return (
    <>
      <Confirm
        isOpen={question === "admin"}
        title={text.adminTitle(user.username)}
        description={text.adminDetail}
        action={text.makeAdmin}
        isBusy={setRole.isPending}
        onConfirm={() => setRole.mutate({ userId, role: "admin" }, close)}
        onClose={onClose}
      />
      <Confirm
        isOpen={question === "disable"}
        title={text.disableTitle(user.username)}
        description={text.disableDetail}
        action={text.disable}
        isBusy={setDisabled.isPending}
        onConfirm={() => setDisabled.mutate({ userId, disabled: true }, close)}
        onClose={onClose}
      />
      <Confirm
        isOpen={question === "password"}
        title={text.resetTitle(user.username)}
        description={text.resetDetail}
        action={text.resetPassword}
        isBusy={reset.isPending}
        onConfirm={() => reset.start(onClose)}
        onClose={onClose}
      />
      {reset.password !== undefined && (
        <NewPassword
          name={user.username}
          password={reset.password}
          onClose={() => reset.forget()}
        />
      )}
    </>
  );
}

function useResetPassword({ id: userId }: User) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const [password, setPassword] = useState<string>();
  const reset = useMutation(
    trpc.admin.users.resetPassword.mutationOptions({
      onSuccess: (_, input) => setPassword(input.password),
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
    }),
  );
  return {
    /** Set once it counts, until it is forgotten. */
    password,
    isPending: reset.isPending,
    start: (onSettled: () => void) =>
      reset.mutate({ userId, password: generatePassword() }, { onSettled }),
    forget() {
      setPassword(undefined);
      // The mutation remembers what it was called with.
      reset.reset();
    },
  };
}
