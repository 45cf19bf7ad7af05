import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function LoginPage() {
  return (
    <PageBody>
      <PageHeader title="LoginPage" />
    </PageBody>
  );
}
