/** The usage of an account as a table for spreadsheets (RFC 4180). */
import { stringify } from "csv-stringify/sync";
import type { UsageLedger, UsageRow } from "../ocr/usage-ledger.ts";
import { pulledBytes } from "../streams/pulled-bytes.ts";

const ROWS_AT_ONCE = 500;

const COLUMNS = {
  id: (row: UsageRow) => row.id,
  created_at: (row: UsageRow) => new Date(row.createdAt).toISOString(),
  request_id: (row: UsageRow) => row.requestId,
  kind: (row: UsageRow) => row.kind,
  state: (row: UsageRow) => row.state,
  engine: (row: UsageRow) => row.engine,
  model: (row: UsageRow) => row.model,
  pages: (row: UsageRow) => row.pages,
  failed_pages: (row: UsageRow) => row.failedPages,
  prompt_tokens: (row: UsageRow) => row.promptTokens,
  completion_tokens: (row: UsageRow) => row.completionTokens,
  estimated: (row: UsageRow) => String(row.estimated),
  input_bytes: (row: UsageRow) => row.inputBytes,
  seconds: (row: UsageRow) => ((row.closedAt ?? row.createdAt) - row.createdAt) / 1000,
};

/**
 * All ended requests of a user, newest first; a few rows at a time are in memory.
 *
 * @param onEnd the last of it was sent, or its reader has left.
 */
export function usageCsvResponse(ledger: UsageLedger, userId: number, onEnd: () => void): Response {
  return new Response(pulledBytes(csvChunks(ledger, userId), { onEnd }), {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": 'attachment; filename="usage.csv"',
      "cache-control": "no-store",
    },
  });
}

function* csvChunks(ledger: UsageLedger, userId: number): Generator<string, void, undefined> {
  yield csvLines([Object.keys(COLUMNS)]);
  let before: number | undefined;
  do {
    const rows = ledger.list(userId, ROWS_AT_ONCE, before);
    const read = Object.values(COLUMNS);
    if (rows.length > 0) yield csvLines(rows.map((row) => read.map((column) => column(row))));
    before = rows.at(-1)?.id;
  } while (before !== undefined);
}

function csvLines(records: (string | number)[][]): string {
  // What people wrote, such as the name of a model, must not become a formula.
  return stringify(records, { record_delimiter: "windows", escape_formulas: true });
}
