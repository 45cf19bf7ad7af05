/** The newest documents as cards: their first page, their name, how they stand. */
import { Link } from "@tanstack/react-router";
import { DocumentState } from "../../components/document-state.tsx";
import { PagePicture } from "../../components/page-picture.tsx";
import type { Outputs } from "../../lib/trpc.ts";

export function Recent({ documents }: { documents: Outputs["documents"]["list"]["items"] }) {
  return (
    <ul className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-6">
      {documents.map((document) => (
        <li key={document.id}>
          <Link
            to="/documents/$documentId"
            params={{ documentId: document.id }}
            className="group block rounded-lg"
          >
            <PagePicture
              documentId={document.id}
              page={1}
              size={320}
              className="sheet aspect-[3/4] w-full overflow-hidden transition-shadow group-hover:shadow-lifted"
            />
            <span className="mt-2 block truncate text-sm font-medium">{document.name}</span>
            <span className="mt-0.5 block">
              <DocumentState job={document.job} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
