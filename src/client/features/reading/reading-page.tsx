import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function ReadingPage() {
  return (
    <PageBody>
      <PageHeader title="ReadingPage" />
    </PageBody>
  );
}
