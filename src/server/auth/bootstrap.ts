/** The account that the operator names in the configuration, so that a new server has one. */
import { newPasswordSchema, usernameSchema } from "../../shared/accounts.ts";
import { bootstrapAccount } from "../config.ts";
import type { Logger } from "../logger.ts";
import type { AccountAdmin } from "./account-admin.ts";
import { findAccount } from "./account-rows.ts";
import type { AccountTools } from "./accounts.ts";
import { AdminAccess } from "./principal.ts";

/** Makes it as an administrator's. One that exists is left as it is, its password above all. */
export async function makeBootstrapAccount(
  accountAdmin: AccountAdmin,
  { db, config }: AccountTools,
  logger: Logger,
): Promise<void> {
  const account = bootstrapAccount(config);
  if (!account || findAccount(db, account.username)) return;
  const username = usernameSchema.parse(account.username);
  const { password } = account;
  await accountAdmin.create(AdminAccess.ofOperator(), { username, password }, "admin");
  logger.info({ username }, "made the account of BOOTSTRAP_USER");
  if (!newPasswordSchema.safeParse(password).success) {
    logger.warn({ username }, "BOOTSTRAP_PASS is weak: change the account's password");
  }
}
