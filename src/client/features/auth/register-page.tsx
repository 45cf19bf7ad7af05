import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function RegisterPage() {
  return (
    <PageBody>
      <PageHeader title="RegisterPage" />
    </PageBody>
  );
}
