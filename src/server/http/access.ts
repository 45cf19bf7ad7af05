/**
 * Who may use a route. Every route says so, `public` ones too: `requireDeclaredAccess` refuses to
 * start a server with one that does not.
 */
import { Elysia } from "elysia";
import { z } from "zod";
import { AdminAccess, type Principal } from "../auth/principal.ts";
import type { ClientInfo } from "../auth/same-origin.ts";
import type { Services } from "../services.ts";
import { type Peer, clientInfo } from "./client-address.ts";
import { requestContext } from "./request-context.ts";

/** Credentials of a route as OpenAPI names them; none for everybody. */
const CREDENTIALS = [{ bearer: [] }, { cookie: [] }];

const declarationSchema = z.object({ detail: z.object({ security: z.array(z.unknown()) }) });

/** For a route that everybody may use. */
export const publicRoute = { detail: { security: [] } };

/** For a route that finds out by itself who is asking. */
export const ownAccess = { detail: { security: CREDENTIALS } };

/** Adds `client` to every route, and `principal` (and `admin`) to those that ask for it. */
export function access(services: Services) {
  const { authenticator, config } = services;
  const clientOf = (request: Request, server: Peer | null): ClientInfo =>
    clientInfo(request, server, config.TRUSTED_PROXIES);
  const principalOf = async (request: Request, server: Peer | null): Promise<Principal> =>
    await authenticator.authenticate(request, clientOf(request, server));
  return new Elysia({ name: "access" })
    .use(requestContext(services.logger))
    .derive({ as: "scoped" }, ({ request, server }) => ({
      client: clientOf(request, server),
    }))
    .macro({
      /** Somebody who is logged in, or the anonymous account where nobody has to. */
      signedIn: {
        detail: { security: CREDENTIALS },
        resolve: async ({ request, server }) => ({
          principal: await principalOf(request, server),
        }),
      },
      adminOnly: {
        detail: { security: CREDENTIALS },
        resolve: async ({ request, server }) => {
          const principal = await principalOf(request, server);
          return { principal, admin: AdminAccess.of(principal) };
        },
      },
    });
}

export interface MountedRoute {
  method: string;
  path: string;
  hooks: unknown;
}

/** @throws Error naming the routes that do not say who may use them. */
export function requireDeclaredAccess({ routes }: { routes: readonly MountedRoute[] }): void {
  const silent = routes.filter(({ hooks }) => securityOf(hooks) === undefined);
  if (silent.length === 0) return;
  const names = silent.map(({ method, path }) => `${method} ${path}`).join(", ");
  throw new Error(`These routes do not declare who may use them: ${names}`);
}

/** Whether only those who are logged in may use a route. */
export function needsLogin({ hooks }: MountedRoute): boolean {
  return (securityOf(hooks)?.length ?? 0) > 0;
}

function securityOf(hooks: unknown): readonly unknown[] | undefined {
  return declarationSchema.safeParse(hooks).data?.detail.security;
}
