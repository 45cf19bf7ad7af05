/** All documents of somebody: found by name, state and type, or by what stands on their pages. */
import { useState } from "react";
import { PageBody, PageHeader } from "../../components/page-header.tsx";
import { useMessages } from "../../lib/language.tsx";
import { BatchProgress } from "./batch-progress.tsx";
import { DocumentList } from "./document-list.tsx";
import { messages } from "./messages.ts";
import { SearchField } from "./search-field.tsx";
import { SearchResults } from "./search-results.tsx";

export function LibraryPage() {
  const text = useMessages(messages);
  const [query, setQuery] = useState("");
  return (
    <PageBody>
      <PageHeader title={text.title} actions={<SearchField onSearch={setQuery} />} />
      <BatchProgress />
      {query === "" ? <DocumentList /> : <SearchResults query={query} />}
    </PageBody>
  );
}
