/** Accounts of a test server, used over HTTP as clients do. */
import { z } from "zod";
import { problemSchema } from "../src/shared/api-errors.ts";

/** A server, in this process or its own. */
interface Served {
  url: string;
}

export const PASSWORD = "correct horse";

export async function register(
  { url }: Served,
  username: string,
  password = PASSWORD,
): Promise<Response> {
  return await postJson(`${url}/api/auth/register`, { username, password });
}

export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** The OAuth2 password form, as the contract has it. */
export async function requestToken(
  { url }: Served,
  username: string,
  password = PASSWORD,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams({ username, password });
  return await fetch(`${url}/api/auth/token`, { method: "POST", body, headers });
}

/** The `Authorization` header of an account that is made here. */
export async function newBearer(
  server: Served,
  username: string,
): Promise<{ authorization: string }> {
  await register(server, username);
  const body: unknown = await (await requestToken(server, username)).json();
  return bearer(z.object({ access_token: z.string() }).parse(body).access_token);
}

export function bearer(credential: string): { authorization: string } {
  return { authorization: `Bearer ${credential}` };
}

/** Logs in as a browser on our own page does; gives the `Cookie` header of the session. */
export async function logIn(
  { url }: Served,
  username: string,
  headers: Record<string, string> = {},
): Promise<{ cookie: string; response: Response }> {
  const response = await postJson(
    `${url}/api/auth/login`,
    { username, password: PASSWORD },
    { "sec-fetch-site": "same-origin", ...headers },
  );
  return { cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "", response };
}

export async function getMe(
  { url }: Served,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(`${url}/api/users/me`, { headers });
}

/** Status and code of an error, which must have the form of all errors. */
export async function refusalOf(response: Response): Promise<string> {
  const problem = problemSchema.parse(await response.json());
  return `${response.status} ${problem.code}`;
}
