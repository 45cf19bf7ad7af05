/** A document that has not been read yet: its first page, and the button that changes that. */
import { useState } from "react";
import type { Document } from "../../../shared/jobs.ts";
import { PageBody, useDocumentTitle } from "../../components/page-header.tsx";
import { PagePicture } from "../../components/page-picture.tsx";
import { Button } from "../../components/ui/button.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { DocumentName } from "./document-name.tsx";
import { ReadAgainDialog } from "./read-dialog.tsx";

const en = {
  detail: "Not read yet.",
  pages: (pages: number, size: string) => `${pages} ${pages === 1 ? "page" : "pages"}, ${size}`,
  read: "Read it",
};
const zh: typeof en = {
  detail: "尚未识别。",
  pages: (pages, size) => `${pages} 页，${size}`,
  read: "开始识别",
};
const messages = { en, zh };

interface UnreadPageProps {
  document: Document;
  onStarted: (jobId: string) => void;
}

export function UnreadPage({ document, onStarted }: UnreadPageProps) {
  const text = useMessages(messages);
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  useDocumentTitle(document.name);
  return (
    <PageBody>
      <div className="crop-marks mx-auto flex max-w-xl flex-col items-center gap-5 px-8 py-12 text-center">
        <PagePicture
          documentId={document.id}
          page={1}
          size={800}
          className="sheet aspect-[3/4] w-56 overflow-hidden"
        />
        <div className="max-w-full min-w-0">
          <DocumentName document={document} isWhole />
          <p className="mt-1 text-sm text-muted">
            {text.pages(document.pages, formats.bytes(document.bytes))}
          </p>
          <p className="text-sm text-muted">{text.detail}</p>
        </div>
        <Button variant="primary" onClick={() => setOpen(true)}>
          {text.read}
        </Button>
      </div>
      <ReadAgainDialog
        documentId={document.id}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onStarted={onStarted}
      />
    </PageBody>
  );
}
