/** Full-text search in the texts of somebody's own pages. The newest texts first: ranking would look at every page with a common word. */
import { z } from "zod";
import type { SearchHit } from "../../shared/jobs.ts";
import type { Db } from "../db/client.ts";
import { searchQuery, snippetOf } from "./search-text.ts";

const rowSchema = z.object({
  document_id: z.string(),
  name: z.string(),
  job_id: z.string(),
  page: z.number(),
  text: z.string(),
});

// The owner is a word of the index: nobody else's pages are even looked at.
const QUERY = `
  SELECT jobs.document_id, documents.name, versions.job_id, versions.page, versions.text
  FROM (
    SELECT rowid AS id FROM page_search WHERE page_search MATCH ?1
    ORDER BY rowid DESC LIMIT ?3 OFFSET ?4
  ) AS hits
  JOIN page_versions AS versions ON versions.id = hits.id
  JOIN jobs ON jobs.id = versions.job_id AND jobs.user_id = ?2
  JOIN documents ON documents.id = jobs.document_id
  ORDER BY hits.id DESC`;

/** @param query words that all have to be on a page; the beginnings of words are enough. */
export function searchPages(
  db: Db,
  userId: number,
  query: string,
  { limit, offset }: { limit: number; offset: number },
): SearchHit[] {
  const words = searchQuery(query);
  if (words === undefined) return [];
  const match = `owner : "u${userId}" AND words : (${words})`;
  const rows = db.$client.query(QUERY).all(match, userId, limit, offset);
  return z
    .array(rowSchema)
    .parse(rows)
    .map((row) => ({
      documentId: row.document_id,
      documentName: row.name,
      jobId: row.job_id,
      page: row.page,
      snippet: snippetOf(row.text, query),
    }));
}
