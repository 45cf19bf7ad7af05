/** Other people's accounts, and what they use: for administrators. */
import { z } from "zod";
import { newAccountSchema, newPasswordSchema, roles } from "../../../shared/accounts.ts";
import type { Account } from "../../auth/account-rows.ts";
import { adminProcedure, router } from "../init.ts";
import { timeOf } from "../times.ts";

const MOST_ITEMS = 100;
const MOST_DAYS = 366;
const MOST_USERS = 1000;

const userInput = z.object({ userId: z.int() });
const role = z.enum(roles);

const usersRouter = router({
  /** In the order of their ids. `cursor` is the last id before. */
  list: adminProcedure
    .input(
      z.object({
        cursor: z.int().min(0).optional(),
        limit: z.int().min(1).max(MOST_ITEMS).default(50),
      }),
    )
    .query(({ ctx, input }) => {
      const { accountAdmin, quota } = ctx.services;
      const { cursor = 0, limit } = input;
      const { accounts, nextCursor } = accountAdmin.list(ctx.admin, { cursor, limit });
      const used = quota.usedPages(accounts.map(({ id }) => id));
      const items = accounts.map((account) => ({
        ...shownAccount(account),
        /** As the quota counts them. */
        pagesThisMonth: used.get(account.id) ?? 0,
      }));
      return { items, nextCursor };
    }),

  /** Whether registration is open or not. */
  create: adminProcedure
    .input(newAccountSchema.extend({ role: role.default("user") }))
    .mutation(async ({ ctx, input }) => {
      const account = await ctx.services.accountAdmin.create(ctx.admin, input, input.role);
      ctx.logger.info({ admin: ctx.admin.name, userId: account.id }, "made an account");
      return shownAccount(account);
    }),

  /** A disabled account can do nothing, and all that it has running ends. */
  setDisabled: adminProcedure
    .input(userInput.extend({ disabled: z.boolean() }))
    .mutation(({ ctx, input: { userId, disabled } }) => {
      const account = ctx.services.accountAdmin.setDisabled(ctx.admin, userId, disabled);
      ctx.logger.info({ admin: ctx.admin.name, userId, disabled }, "changed an account");
      return shownAccount(account);
    }),

  setRole: adminProcedure
    .input(userInput.extend({ role }))
    .mutation(({ ctx, input: { userId, role: next } }) => {
      const account = ctx.services.accountAdmin.setRole(ctx.admin, userId, next);
      ctx.logger.info({ admin: ctx.admin.name, userId, role: next }, "changed an account");
      return shownAccount(account);
    }),

  /** Ends all access tokens and sessions of the account. */
  resetPassword: adminProcedure
    .input(userInput.extend({ password: newPasswordSchema }))
    .mutation(async ({ ctx, input: { userId, password } }) => {
      await ctx.services.accountAdmin.resetPassword(ctx.admin, userId, password);
      ctx.logger.info({ admin: ctx.admin.name, userId }, "reset a password");
    }),
});

export const adminRouter = router({
  users: usersRouter,

  /** Of the last days, those with the most pages first; the anonymous account among them. */
  usageByUser: adminProcedure
    .input(z.object({ days: z.int().min(1).max(MOST_DAYS) }))
    .query(({ ctx, input }) => ctx.services.usageReports.byUser(ctx.admin, input.days, MOST_USERS)),
});

function shownAccount({ id, username, role: current, createdAt, disabledAt }: Account) {
  return {
    id,
    username,
    role: current,
    createdAt: timeOf(createdAt),
    disabledAt: disabledAt === null ? null : timeOf(disabledAt),
  };
}
