import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { bearer, getMe, newBearer, requestToken } from "../../../tests/accounts.ts";
import { commandLine, runCommand, startInTerminal } from "../../../tests/command-line.ts";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { type ServerProcess, startServerProcess } from "../../../tests/server.ts";

/** No engine is asked in these tests. */
const ENV = { AUTH_ENABLED: "true", LLM_BASE_URL: "http://127.0.0.1:9/v1" };

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const options = (): { cwd: string; env: Record<string, string> } => ({
  cwd: folder.path,
  env: { ...ENV, DATA_DIR: folder.path },
});

async function user(args: string[], stdin = ""): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(["user", ...args], { ...options(), stdin });
  return `${exitCode} ${stdout}${stderr}`.trim();
}

async function status(server: ServerProcess, username: string, password: string): Promise<number> {
  return (await requestToken(server, username, password)).status;
}

describe("accounts by the command line, while a server runs", () => {
  test("are made, listed, shut out, let in again, and get new roles and passwords", async () => {
    await using server = await startServerProcess(folder.path, ENV);
    expect(await user(["add", "root", "--admin"], "first password\n")).toBe("0 Added root.");
    expect(await user(["add", "ada"], "her password\n")).toBe("0 Added ada.");
    const lines = (await user(["list"])).split("\n").map((line) => line.split(/ {2,}/));
    expect(lines.slice(1)).toEqual([
      ["admin", "active", expect.stringMatching(/^\d{4}-\d\d-\d\d$/), "root"],
      ["user", "active", expect.stringMatching(/^\d{4}-\d\d-\d\d$/), "ada"],
    ]);
    const { authorization } = await newBearer(server, "bob");
    expect(await user(["disable", "bob"])).toBe("0 Disabled bob.");
    expect((await getMe(server, { authorization })).status).toBe(401);
    expect(await user(["enable", "bob"])).toBe("0 Enabled bob.");
    expect(await user(["role", "ada", "admin"])).toBe("0 ada is an administrator.");
    expect(await user(["role", "root", "user"])).toBe("0 root is no administrator.");
    expect(await status(server, "ada", "her password")).toBe(200);
    expect(await user(["password", "ada"], "another one\n")).toBe(
      "0 ada has a new password, and is logged out everywhere.",
    );
    expect(await status(server, "ada", "her password")).toBe(401);
    expect(await status(server, "ada", "another one")).toBe(200);
  });

  test("can be made before the first start", async () => {
    expect(await user(["add", "ada", "--admin"], "her password")).toBe("0 Added ada.");
    await using server = await startServerProcess(folder.path, ENV);
    const answer: unknown = await (await requestToken(server, "ada", "her password")).json();
    expect(answer).toMatchObject({ token_type: "bearer" });
    expect((await getMe(server, bearer("wrong"))).status).toBe(401);
  });
});

describe("what cannot be done is said", () => {
  test.each([
    [["add", "ada"], "short", "2 my-ocr: The password must have 8 to 256 characters."],
    [["add", " "], "long enough", "2 my-ocr: The name must not be blank."],
    [["disable", "nobody"], "", "2 my-ocr: There is no account named nobody."],
    [["add", "anonymous"], "long enough", "1 my-ocr: Username already registered"],
  ])("of user %p", async (args, stdin, answer) => {
    expect(await user(args, stdin)).toBe(answer);
  });

  test("where the last administrator would be shut out", async () => {
    await user(["add", "root", "--admin"], "first password");
    expect(await user(["disable", "root"])).toStartWith("1 my-ocr: This is the last active");
  });
});

describe("a password in a terminal", () => {
  test("is asked for twice, and never shown", async () => {
    await using terminal = startInTerminal(commandLine("user", "add", "ada"), options());
    await terminal.shows("Password: ");
    terminal.type("her passwoo\u007frd\r");
    await terminal.shows("The same again: ");
    terminal.type("her password\r");
    const { exitCode, screen } = await terminal.ended;
    expect({ exitCode, screen }).toEqual({
      exitCode: 0,
      screen: "Password: \r\nThe same again: \r\nAdded ada.\r\n",
    });
  });
});

describe("the tables", () => {
  const db = async (command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await runCommand(["db", command], options());
    return `${exitCode} ${stdout}${stderr}`.trim();
  };

  test("go forward and back, but not under a server that runs", async () => {
    const migrated = await db("migrate");
    expect(migrated).toMatch(/^0 In place: 0000_\w+, /);
    const last = migrated.split(", ").at(-1) ?? "";
    expect(await db("rollback")).toBe(`0 Taken back: ${last}`);
    await using _server = await startServerProcess(folder.path, ENV);
    expect(await db("rollback")).toStartWith("1 my-ocr: Another My OCR is using the database");
  }, 30_000);
});
