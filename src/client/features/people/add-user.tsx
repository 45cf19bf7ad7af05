/** A new account, whose password is made here and shown once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { Role } from "../../../shared/accounts.ts";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { Field, LabelledControl } from "../../components/ui/field.tsx";
import { Select } from "../../components/ui/select.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { generatePassword } from "./generate-password.ts";
import { messages } from "./messages.ts";
import { NewPassword } from "./new-password.tsx";

const roles: readonly Role[] = ["user", "admin"];

interface Made {
  name: string;
  password: string;
}

export function AddUser() {
  const text = useMessages(messages);
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<Made>();
  const onMade = (account: Made): void => {
    setOpen(false);
    setMade(account);
  };
  return (
    <>
      <Button
        variant="primary"
        icon={<UserPlus className="size-4" aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {text.add}
      </Button>
      {isOpen && <AddDialog onClose={() => setOpen(false)} onMade={onMade} />}
      {made && <NewPassword {...made} onClose={() => setMade(undefined)} />}
    </>
  );
}

interface AddDialogProps {
  onClose: () => void;
  onMade: (account: Made) => void;
}

function AddDialog({ onClose, onMade }: AddDialogProps) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const formId = useId();
  const client = useQueryClient();
  const [account, setAccount] = useState<{ username: string; role: Role }>({
    username: "",
    role: "user",
  });
  const create = useMutation(
    trpc.admin.users.create.mutationOptions({
      onSuccess: ({ username }, { password }) => onMade({ name: username, password }),
      onSettled: async () => await client.invalidateQueries(trpc.admin.pathFilter()),
    }),
  );
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ ...account, password: generatePassword() });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text.addTitle}
      description={text.addDetail}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={create.isPending}>
            {text.addAction}
          </Button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-3 pt-1" onSubmit={onSubmit}>
        <Field
          label={text.name}
          required
          autoComplete="off"
          autoCapitalize="none"
          value={account.username}
          error={create.isError ? errorText(create.error) : undefined}
          onChange={({ target }) => setAccount({ ...account, username: target.value })}
        />
        <LabelledControl label={text.role}>
          {(id) => (
            <Select
              id={id}
              value={account.role}
              options={roles.map((value) => ({ value, label: text.roles[value] }))}
              onChange={(role) => setAccount({ ...account, role })}
            />
          )}
        </LabelledControl>
      </form>
    </Dialog>
  );
}
