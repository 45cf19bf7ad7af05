/** Accounts. While nobody has to log in there is one: the anonymous account, which has no password. */
import { eq } from "drizzle-orm";
import type { Db } from "../db/client.ts";
import { users } from "../db/schema.ts";

/** Who a request acts for. */
export interface Principal {
  userId: number;
  username: string;
}

/** The anonymous account, made at its first use. */
export function anonymousPrincipal(db: Db, username: string): Principal {
  db.insert(users).values({ username, createdAt: Date.now() }).onConflictDoNothing().run();
  const row = db.select().from(users).where(eq(users.username, username)).get();
  if (!row) throw new Error("the anonymous account could not be made");
  return { userId: row.id, username: row.username };
}
