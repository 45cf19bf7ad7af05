/** What the routes of log-ins say about themselves. */
import {
  accountSchema,
  credentialsSchema,
  newAccountSchema,
  tokenRequestSchema,
  tokenSchema,
} from "../../shared/accounts.ts";
import { bodyProblems } from "./body.ts";
import type { Operations } from "./openapi/operation.ts";

const accountAnswer = {
  200: { description: "The account", content: { "application/json": accountSchema } },
};

export const authOperations: Operations = {
  "POST /api/auth/register": {
    id: "register",
    summary: "Makes an account",
    tag: "Accounts",
    body: { "application/json": newAccountSchema },
    answers: accountAnswer,
    problems: [
      ...bodyProblems,
      "registration_disabled",
      "username_taken",
      "too_many_attempts",
      "server_busy",
    ],
  },
  "POST /api/auth/token": {
    id: "getToken",
    summary: "Gives an access token",
    description: "The password form of OAuth 2.0.",
    tag: "Accounts",
    body: {
      "application/x-www-form-urlencoded": tokenRequestSchema,
      "multipart/form-data": tokenRequestSchema,
    },
    answers: {
      200: { description: "The token", content: { "application/json": tokenSchema } },
    },
    problems: [...bodyProblems, "login_failed", "too_many_attempts", "server_busy"],
  },
  "POST /api/auth/login": {
    id: "logIn",
    summary: "Logs a browser in",
    description: "The answer sets a cookie, which counts for pages of this server alone.",
    tag: "Accounts",
    body: { "application/json": credentialsSchema },
    answers: accountAnswer,
    problems: [
      ...bodyProblems,
      "login_failed",
      "cross_site_request",
      "too_many_attempts",
      "server_busy",
    ],
  },
  "POST /api/auth/logout": {
    id: "logOut",
    summary: "Logs a browser out",
    tag: "Accounts",
    answers: { 204: { description: "It is logged out" } },
    problems: ["cross_site_request"],
  },
};
