/** Browsers in which somebody is logged in. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { PASSWORD, logIn } from "../tests/accounts.ts";
import type { Site } from "./browser.ts";

/** By the form, on the page that shows it. */
export async function fillLogIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel(/^(Name|用户名)$/).fill(name);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.getByRole("button", { name: /^(Log in|登录)$/ }).click();
}

/** A fresh browser that an account has logged in from before, and which shows the path. */
export async function openAs(
  site: Site,
  name: string,
  path = "/",
  options: BrowserContextOptions = {},
) {
  const { cookie } = await logIn(site, name);
  const [cookieName = "", value = ""] = cookie.split("=");
  const session = { name: cookieName, value, domain: "127.0.0.1", path: "/", expires: -1 };
  const kept = { httpOnly: true, secure: false, sameSite: "Lax" } as const;
  const storageState = { cookies: [{ ...session, ...kept }], origins: [] };
  return await site.open({ ...options, storageState }, path);
}
