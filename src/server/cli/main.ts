/** `my-ocr`: reads documents, starts the server, manages accounts, the database and backups. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type Role, roles } from "../../shared/accounts.ts";
import { releaseOf } from "../../shared/release.ts";
import { readCommit, version } from "../version.ts";
import type { BackupOptions } from "./backup.ts";
import { EXIT, Interrupted, SIGNAL_EXITS, report } from "./failures.ts";
import type { ReadOptions } from "./read.ts";

const EXIT_CODES = `
Exit codes: 0 everything was read, 1 something was not, 2 wrong usage or settings,
130 interrupted by Ctrl-C, 143 by SIGTERM.`;

const EXAMPLES = `
Examples:
  my-ocr scan.pdf                        the text of a document
  my-ocr -f txt -p 1-3,7 scan.pdf        some of its pages as plain text
  my-ocr -o texts scans                  all below a folder; goes on where it was stopped
  cat photo.jpg | my-ocr -               standard input
  my-ocr --server http://ocr:3000 a.pdf  by a server that runs somewhere`;

/** Commands are loaded when they are called: the engines take their time. */
function createProgram(): Command {
  const program = new Command("my-ocr")
    .description("Turns scans, photos and PDFs into text.")
    .version(releaseOf({ version, commit: readCommit() }))
    .exitOverride()
    .showHelpAfterError("Try my-ocr --help.")
    .addHelpText("after", EXAMPLES);
  addRead(program);
  program
    .command("serve")
    .description("start the server; its settings are environment variables")
    .action(async () => void (await import("../main.ts")));
  addUser(program);
  addDb(program);
  addBackup(program);
  return program;
}

function addRead(program: Command): void {
  program
    .command("read", { isDefault: true })
    .description("read documents (what my-ocr does without a command)")
    .argument("<files...>", "files, folders, patterns, or - for standard input")
    .option("-o, --output <folder>", "write a file for each document instead of printing")
    .addOption(
      new Option("-f, --format <format>", "of the text")
        .choices(["md", "txt", "json"])
        .default("md"),
    )
    .option("-p, --pages <pages>", "some pages, such as 1-3,7")
    .option("--engine <name>", "embedded, or openai-compatible where LLM_BASE_URL is set")
    .option("--model <name>", "one of the engine's")
    .option("--prompt <text>", "for engines that take one")
    .addOption(new Option("--password <password>", "of PDFs").env("MY_OCR_PASSWORD"))
    .addOption(new Option("--server <url>", "read there, not here").env("MY_OCR_SERVER"))
    .addOption(new Option("--token <token>", "for that server").env("MY_OCR_TOKEN"))
    .option("--force", "also read what the output folder has already")
    .addHelpText("after", EXIT_CODES)
    .action(async (files: string[], options: ReadOptions) => {
      const exitCode = await untilSignal(async (signal) => {
        const { read } = await import("./read.ts");
        return await read(files, options, signal);
      });
      // On a busy machine the runtime may go on waiting for children that have ended.
      await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
      process.exit(exitCode);
    });
}

/** Resolves when all that was written has left, or cannot any more. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => stream.write("", () => resolve()));
}

function addUser(program: Command): void {
  const user = program.command("user").description("manage accounts, also while the server runs");
  const load = async () => await import("./user.ts");
  user
    .command("add <name>")
    .description("make an account; the password is asked for, or the first line of stdin")
    .option("--admin", "an administrator's")
    .action(async (name: string, { admin = false }: { admin?: boolean }) =>
      print(await (await load()).addUser(name, admin)),
    );
  user
    .command("list")
    .description("all accounts that people can log in to")
    .action(async () => print(await (await load()).listUsers()));
  user
    .command("disable <name>")
    .description("shut an account out at once, with all that it has running")
    .action(async (name: string) => print(await (await load()).disableUser(name, true)));
  user
    .command("enable <name>")
    .description("let it in again")
    .action(async (name: string) => print(await (await load()).disableUser(name, false)));
  user
    .command("role")
    .description("make an administrator of an account, or of an administrator a user")
    .argument("<name>")
    .addArgument(new Argument("<role>").choices(roles))
    .action(async (name: string, role: Role) => print(await (await load()).setRole(name, role)));
  user
    .command("password <name>")
    .description("set a new password, asked for as by add, and end all log-ins")
    .action(async (name: string) => print(await (await load()).setPassword(name)));
}

function addDb(program: Command): void {
  const db = program.command("db").description("the tables of the database; the server is stopped");
  db.command("migrate")
    .description("bring them to this version, as each start does")
    .action(async () => print((await import("./db.ts")).migrate()));
  db.command("rollback")
    .description("take the last step back")
    .action(async () => print((await import("./db.ts")).rollBack()));
}

function addBackup(program: Command): void {
  program
    .command("backup")
    .description("copy all that a server keeps, also while it runs, and check the copy")
    .argument("[folder]", "of all backups, each of which gets one of its own; else BACKUP_DIR")
    .option("--keep <number>", "remove the oldest backups there above so many", atLeastOne)
    .option("--verify <backup>", "make none, but check that one")
    .action(async (folder: string | undefined, options: BackupOptions) => {
      process.exitCode = await untilSignal(
        async (signal) => await (await import("./backup.ts")).backup(folder, options, signal),
      );
    });
  program
    .command("restore")
    .description("put a backup into DATA_DIR; the server is stopped")
    .argument("<backup>", "the folder of one backup")
    .option("--force", "move what is in DATA_DIR aside")
    .action(async (path: string, options: { force?: boolean }) => {
      process.exitCode = await untilSignal(
        async (signal) => await (await import("./backup.ts")).restore(path, options, signal),
      );
    });
}

/** @throws InvalidArgumentError. */
function atLeastOne(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("It has to be a whole number of at least 1.");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The first signal ends the work cleanly, a second one at once. */
async function untilSignal(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (name: keyof typeof SIGNAL_EXITS): void => {
    if (exitCode !== undefined) process.exit(exitCode);
    exitCode = SIGNAL_EXITS[name];
    controller.abort(new Error(name));
  };
  process.on("SIGINT", () => stop("SIGINT")).on("SIGTERM", () => stop("SIGTERM"));
  try {
    const result = await work(controller.signal);
    return exitCode ?? result;
  } catch (error) {
    if (exitCode === undefined) return report(error);
    report(new Interrupted());
    return exitCode;
  }
}

try {
  await createProgram().parseAsync();
} catch (error) {
  // Commander has said what is wrong already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  else process.exitCode = report(error);
}
