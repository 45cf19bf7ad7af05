import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { source as axeSource } from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";
import { router } from "../src/client/routes.tsx";
import { newBearer } from "../tests/accounts.ts";
import { textImage } from "../tests/fixtures/images.ts";
import { textPdf } from "../tests/fixtures/pdf.ts";
import { followJob, typedClient } from "../tests/typed-client.ts";
import { type Site, startSite } from "./browser.ts";
import { chooseFiles } from "./bring.ts";
import { openAs } from "./log-in.ts";
import { textOf } from "./reading.ts";

const START_MS = 120_000;
const TEST_MS = 60_000;
const ADMIN = "ada";
const NEWCOMER = "linus";
let site: Site;
let documentId: string;

beforeAll(async () => {
  site = await startSite({ AUTH_ENABLED: "true", USER_MONTHLY_PAGES: "40" });
  const client = typedClient(site.url, await newBearer(site, ADMIN));
  await newBearer(site, "grace");
  await newBearer(site, NEWCOMER);
  await client.account.apiKeys.create.mutate({ name: "robot" });
  const form = new FormData();
  const bytes = textPdf([["The harbour", "had an anchor."], ["Two"]], { fontSize: 36 });
  form.set("file", new File([new Uint8Array(bytes)], "paper.pdf"));
  documentId = (await client.documents.upload.mutate(form)).id;
  await followJob(client, await client.jobs.start.mutate({ documentId })).ended;
}, START_MS);

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

interface Screen {
  /** Of `routes.tsx`. */
  route: string;
  /** Whose; nobody is logged in where it is left out. */
  as?: string;
  /** Brings it to where it is looked at, and waits until that is there. */
  show: (page: Page) => Promise<void>;
  /** Beside the plain screen of the route. */
  state?: string;
  /** A menu is open. */
  isMenu?: boolean;
}

const heading = (name: string) => async (page: Page) =>
  await page.getByRole("heading", { name, exact: true }).waitFor();

const screens: readonly Screen[] = [
  { route: "/login", show: heading("Log in") },
  { route: "/register", show: heading("Make an account") },
  { route: "/", as: ADMIN, show: async (page) => await page.getByText("paper.pdf").waitFor() },
  { route: "/", state: "of somebody new", as: NEWCOMER, show: heading("Read") },
  {
    route: "/",
    state: "with files to be read",
    as: "grace",
    async show(page) {
      const bytes = await textImage(["HARBOUR"], "png");
      await chooseFiles(page, { name: "photo.png", type: "image/png", bytes });
      await page.getByRole("button", { name: "Read 1 page" }).waitFor();
    },
  },
  {
    route: "/library",
    as: ADMIN,
    show: async (page) => await page.getByRole("link", { name: "paper.pdf" }).waitFor(),
  },
  { route: "/library", state: "of nothing", as: NEWCOMER, show: heading("No paper here yet") },
  {
    route: "/documents/$documentId",
    as: ADMIN,
    show: async (page) => await textOf(page, 1).getByText("harbour").waitFor(),
  },
  {
    route: "/usage",
    as: ADMIN,
    async show(page) {
      await page.getByRole("slider", { name: "Bytes by day" }).focus();
      await page.getByText("Requests, newest first").waitFor();
      await page.getByText(/\d secs?$/).waitFor();
    },
  },
  { route: "/usage", state: "of nothing", as: NEWCOMER, show: heading("Nothing used yet") },
  {
    route: "/settings",
    as: ADMIN,
    async show(page) {
      await page.getByText("this browser").waitFor();
      await page.getByText("robot").waitFor();
    },
  },
  {
    route: "/settings",
    state: "with a new key",
    as: "grace",
    async show(page) {
      await page.getByLabel("What it is for").fill("robot");
      await page.getByRole("button", { name: "Make a key" }).click();
      await heading("Your new key")(page);
    },
  },
  {
    route: "/people",
    as: ADMIN,
    show: async (page) => await page.getByText("grace", { exact: true }).first().waitFor(),
  },
  { route: "/people", state: "of others", as: "grace", show: heading("For administrators") },
  {
    route: "/people",
    state: "with what can be done",
    isMenu: true,
    as: ADMIN,
    async show(page) {
      await page.getByRole("button", { name: "What to do with grace" }).click();
      await page.getByRole("menuitem", { name: "Disable" }).waitFor();
    },
  },
];

test("every screen is looked at", () => {
  expect(new Set(screens.map(({ route }) => route))).toEqual(
    new Set(Object.keys(router.routesByPath)),
  );
});

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  "a dark phone": { colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true },
};

const reportSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      nodes: z.array(z.object({ failureSummary: z.string(), html: z.string() })),
    }),
  ),
});

/** What axe finds: the rule with the element and why. */
async function violationsOn(page: Page, isMenu = false): Promise<string[]> {
  // Menus lie over the page, beside all landmarks; axe forgives that to dialogs alone.
  const rules = { region: { enabled: !isMenu } };
  const options = { resultTypes: ["violations"], rules };
  // Evaluated by the debugger, for which the page's content security policy does not count.
  await page.evaluate(axeSource);
  const report = reportSchema.parse(
    await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`),
  );
  return report.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

describe.each(Object.entries(looks))("axe finds nothing in %s", (_look, options) => {
  test.each(screens.map((screen) => [`${screen.route} ${screen.state ?? ""}`, screen] as const))(
    "on %s",
    async (_name, { route, as, show, isMenu }) => {
      const path = route.replace("$documentId", documentId);
      // Colours in the middle of a transition are nobody's.
      const still = { ...options, reducedMotion: "reduce" } as const;
      const { page } =
        as === undefined ? await site.open(still, path) : await openAs(site, as, path, still);
      await show(page);
      expect(await violationsOn(page, isMenu)).toEqual([]);
      await page.context().close();
    },
    TEST_MS,
  );
});
