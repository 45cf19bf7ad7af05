/** Finds out who is asking: by bearer token, API key or cookie, or nobody where no log-in is asked for. */
import { and, eq, isNull } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { users } from "../db/schema.ts";
import { type Account, accountColumns, hasPassword } from "./account-rows.ts";
import { notAuthenticated } from "./accounts.ts";
import { API_KEY_PREFIX, type ApiKeys } from "./api-keys.ts";
import { Principal } from "./principal.ts";
import { type ClientInfo, requireSameOrigin } from "./same-origin.ts";
import { sessionSecretOf } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

export interface AuthenticatorTools {
  db: Db;
  tokens: Tokens;
  apiKeys: ApiKeys;
  sessions: Sessions;
  /** Set where nobody has to log in: whom all requests act for. */
  anonymous: Account | undefined;
}

export class Authenticator {
  readonly #tools: AuthenticatorTools;

  constructor(tools: AuthenticatorTools) {
    this.#tools = tools;
  }

  /**
   * An `Authorization` header counts before the cookie. Credentials are not even looked at while
   * nobody has to log in.
   *
   * @throws AppError credentials_invalid, cross_site_request.
   */
  async authenticate(request: Request, client: ClientInfo): Promise<Principal> {
    const { anonymous } = this.#tools;
    if (anonymous) return Principal.of(anonymous, { kind: "anonymous" });
    const header = request.headers.get("authorization");
    const principal =
      header === null ? this.#bySession(request, client) : await this.#byBearer(header);
    if (!principal) throw notAuthenticated();
    return principal;
  }

  async #byBearer(header: string): Promise<Principal | undefined> {
    // RFC 6750, section 2.1; the scheme's case does not count (RFC 9110, section 11.1).
    const [, credential] = /^Bearer +([\w~+/.-]+=*) *$/i.exec(header) ?? [];
    if (credential === undefined) return undefined;
    if (!credential.startsWith(API_KEY_PREFIX)) return await this.#byToken(credential);
    const used = this.#tools.apiKeys.use(credential);
    return used && Principal.of(used.account, { kind: "api_key", id: used.id });
  }

  async #byToken(token: string): Promise<Principal | undefined> {
    const claims = await this.#tools.tokens.verify(token);
    if (!claims) return undefined;
    const isIt = and(
      eq(users.id, claims.uid),
      eq(users.username, claims.sub),
      eq(users.tokenVersion, claims.tv),
    );
    const account = this.#tools.db
      .select(accountColumns)
      .from(users)
      .where(and(isIt, isNull(users.disabledAt), hasPassword))
      .get();
    return account && Principal.of(account, { kind: "token", tokenVersion: claims.tv });
  }

  #bySession(request: Request, client: ClientInfo): Principal | undefined {
    const secret = sessionSecretOf(request, client);
    const used = secret === undefined ? undefined : this.#tools.sessions.use(secret);
    if (!used) return undefined;
    requireSameOrigin(request, client);
    return Principal.of(used.account, { kind: "session", id: used.id });
  }
}
