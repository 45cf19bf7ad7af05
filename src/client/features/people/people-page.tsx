import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function PeoplePage() {
  return (
    <PageBody>
      <PageHeader title="PeoplePage" />
    </PageBody>
  );
}
