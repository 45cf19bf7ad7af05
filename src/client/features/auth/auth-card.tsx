/** The frame of log-in and registration. */
import type { ReactNode } from "react";
import { LanguageSwitch } from "../../components/language-switch.tsx";
import { Logo } from "../../components/logo.tsx";
import { useDocumentTitle } from "../../components/page-header.tsx";

interface AuthCardProps {
  title: string;
  lead: string;
  children: ReactNode;
  footer?: ReactNode;
}

export function AuthCard({ title, lead, children, footer }: AuthCardProps) {
  useDocumentTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4 py-10">
      <div className="crop-marks w-full max-w-md p-8">
        <div className="sheet p-6 sm:p-8">
          <Logo className="size-10" />
          <h1 className="mt-5 font-serif text-3xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 text-muted">{lead}</p>
          <div className="mt-7">{children}</div>
        </div>
      </div>
      {footer !== undefined && <p className="text-sm text-muted">{footer}</p>}
      <LanguageSwitch />
    </main>
  );
}
