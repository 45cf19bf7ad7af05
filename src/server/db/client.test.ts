import { expect, test } from "bun:test";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/fixtures/temporary-folder.ts";
import { openDatabase } from "./client.ts";
import { lockInstance } from "./instance-lock.ts";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a new folder and a new database are for the server's own account alone", () => {
  using parent = temporaryFolder();
  const folder = join(parent.path, "data");
  const path = join(folder, "my-ocr.db");
  using _lock = lockInstance(path);
  const db = openDatabase(path);
  try {
    expect(modeOf(folder)).toBe("700");
    const files = readdirSync(folder).filter((name) => !name.includes(".lock"));
    expect(files.toSorted()).toEqual(["my-ocr.db", "my-ocr.db-shm", "my-ocr.db-wal"]);
    expect(files.map((name) => modeOf(join(folder, name)))).toEqual(["600", "600", "600"]);
  } finally {
    db.$client.close();
  }
});

test("rows that were removed leave nothing behind in the file", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "my-ocr.db");
  using _lock = lockInstance(path);
  const db = openDatabase(path);
  try {
    const text = "a letter that somebody removed";
    const isInFile = (): boolean => {
      db.$client.run("PRAGMA wal_checkpoint(TRUNCATE)");
      return readFileSync(path).includes(text);
    };
    db.$client.run("CREATE TABLE letters (text TEXT)");
    db.$client.run("INSERT INTO letters VALUES (?)", [text]);
    expect(isInFile()).toBe(true);
    db.$client.run("DELETE FROM letters");
    expect(isInFile()).toBe(false);
  } finally {
    db.$client.close();
  }
});
