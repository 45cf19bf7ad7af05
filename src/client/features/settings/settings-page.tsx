import { PageBody, PageHeader } from "../../components/page-header.tsx";

export function SettingsPage() {
  return (
    <PageBody>
      <PageHeader title="SettingsPage" />
    </PageBody>
  );
}
