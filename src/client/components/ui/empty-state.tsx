/** What is shown where there is nothing yet: what would be here, and what to do about it. */
import type { ReactNode } from "react";

export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="crop-marks flex flex-col items-center gap-3 px-6 py-14 text-center">
      {icon !== undefined && <div className="text-muted">{icon}</div>}
      <h2 className="font-serif text-xl font-semibold">{title}</h2>
      {children !== undefined && <p className="max-w-md text-sm text-muted">{children}</p>}
      {action}
    </div>
  );
}
