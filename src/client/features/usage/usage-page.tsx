import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function UsagePage() {
  return (
    <PageBody>
      <PageHeader title="UsagePage" />
    </PageBody>
  );
}
