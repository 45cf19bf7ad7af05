/** Name and password; the session is a cookie that no script can read. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Field } from "../../components/ui/field.tsx";
import { useErrorText } from "../../lib/error-text.ts";
import { useMessages } from "../../lib/language.tsx";
import { sendJson, serverInfo } from "../../lib/session.ts";
import { AuthCard } from "./auth-card.tsx";
import { messages } from "./messages.ts";

export function LoginPage() {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const { data: server } = useQuery(serverInfo);
  const [credentials, setCredentials] = useState({ username: "", password: "" });
  const logIn = useLogIn();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    logIn.mutate(credentials);
  };
  return (
    <AuthCard
      title={text.login}
      lead={text.loginLead}
      footer={
        server?.auth.registration === true && (
          <>
            {text.noAccount}{" "}
            <Link
              to="/register"
              className="-my-3 inline-block py-3 font-medium text-accent hover:underline"
            >
              {text.register}
            </Link>
          </>
        )
      }
    >
      <form className="flex flex-col gap-3" onSubmit={onSubmit}>
        <Field
          label={text.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          autoFocus
          value={credentials.username}
          onChange={({ target }) => setCredentials({ ...credentials, username: target.value })}
        />
        <Field
          label={text.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={credentials.password}
          error={logIn.isError ? errorText(logIn.error) : undefined}
          onChange={({ target }) => setCredentials({ ...credentials, password: target.value })}
        />
        <Button type="submit" variant="primary" isBusy={logIn.isPending} className="mt-2">
          {text.login}
        </Button>
      </form>
    </AuthCard>
  );
}

/** Logs in, and goes to where somebody wanted to be. */
function useLogIn() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  return useMutation({
    mutationFn: async (credentials: { username: string; password: string }) => {
      await sendJson("POST", "/api/auth/login", credentials);
    },
    onSuccess: async () => {
      // Whatever was fetched before was somebody else's.
      await client.resetQueries();
      await navigate({ href: pathOf(search.from), replace: true });
    },
  });
}

/** Only an address of ours: what comes in the address bar may be anybody's. */
function pathOf(from: unknown): string {
  if (typeof from !== "string" || !from.startsWith("/")) return "/";
  const url = new URL(from, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : "/";
}
