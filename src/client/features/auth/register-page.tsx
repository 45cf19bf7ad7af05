/** A new account, which is logged in at once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Field } from "../../components/ui/field.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { sendJson } from "../../lib/session.ts";
import { codeOf } from "../../lib/trpc.ts";
import { AuthCard } from "./auth-card.tsx";
import { messages } from "./messages.ts";

export function RegisterPage() {
  const text = useMessages(messages);
  const footer = (
    <>
      {text.hasAccount}{" "}
      <Link to="/login" className="-my-3 inline-block py-3 font-medium text-accent hover:underline">
        {text.login}
      </Link>
    </>
  );
  return (
    <AuthCard title={text.register} lead={text.registerLead} footer={footer}>
      <RegisterForm />
    </AuthCard>
  );
}

function RegisterForm() {
  const text = useMessages(messages);
  const [form, setForm] = useState({ username: "", password: "", repeat: "" });
  const { register, nameError, passwordError } = useRegister();
  const isMismatch = form.repeat !== "" && form.repeat !== form.password;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const { username, password } = form;
    if (!isMismatch) register.mutate({ username, password });
  };
  const field = (name: keyof typeof form) => ({
    name,
    value: form[name],
    required: true,
    onChange: ({ target }: { target: HTMLInputElement }) =>
      setForm({ ...form, [name]: target.value }),
  });
  return (
    <form className="flex flex-col gap-3" onSubmit={onSubmit}>
      <Field
        {...field("username")}
        label={text.username}
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        error={nameError}
      />
      <Field
        {...field("password")}
        label={text.password}
        type="password"
        autoComplete="new-password"
        minLength={8}
        hint={text.passwordHint}
        error={passwordError}
      />
      <Field
        {...field("repeat")}
        label={text.repeat}
        type="password"
        autoComplete="new-password"
        error={isMismatch ? text.mismatch : undefined}
      />
      <Button type="submit" variant="primary" isBusy={register.isPending} className="mt-2">
        {text.register}
      </Button>
    </form>
  );
}

function useRegister() {
  const errorText = useErrorText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const register = useMutation({
    mutationFn: async (account: { username: string; password: string }) => {
      await sendJson("POST", "/api/auth/register", account);
      await sendJson("POST", "/api/auth/login", account);
    },
    onSuccess: async () => {
      await client.resetQueries();
      await navigate({ to: "/", replace: true });
    },
  });
  const error = register.isError ? errorText(register.error) : undefined;
  const isName = codeOf(register.error) === "username_taken";
  return {
    register,
    nameError: isName ? error : undefined,
    passwordError: isName ? undefined : error,
  };
}
