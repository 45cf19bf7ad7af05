/** A new password, for whoever knows the old one. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Field } from "../../components/ui/field.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { toast } from "../../lib/toast.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { Section } from "./section.tsx";

export function PasswordSection() {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const [form, setForm] = useState({ current: "", next: "" });
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({
      onSuccess() {
        setForm({ current: "", next: "" });
        toast(text.changed);
      },
    }),
  );
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(form);
  };
  return (
    <Section title={text.password}>
      <form className="flex max-w-sm flex-col gap-3" onSubmit={onSubmit}>
        <Field
          label={text.current}
          type="password"
          autoComplete="current-password"
          required
          value={form.current}
          error={change.isError ? errorText(change.error) : undefined}
          onChange={({ target }) => setForm({ ...form, current: target.value })}
        />
        <Field
          label={text.next}
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
          hint={text.nextHint}
          value={form.next}
          onChange={({ target }) => setForm({ ...form, next: target.value })}
        />
        <Button type="submit" isBusy={change.isPending} className="self-start">
          {text.change}
        </Button>
      </form>
    </Section>
  );
}
