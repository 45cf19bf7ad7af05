import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function LibraryPage() {
  return (
    <PageBody>
      <PageHeader title="LibraryPage" />
    </PageBody>
  );
}
