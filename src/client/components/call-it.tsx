/** The API in four commands, for the origin that this page came from. */
import { useLanguage } from "../i18n/language.tsx";
import { Card } from "./card.tsx";
import { CopyButton } from "./copy-button.tsx";

export function CallIt() {
  const { callIt } = useLanguage().messages;
  const { origin } = globalThis.location;
  const examples = [
    { title: callIt.image, command: `curl -N -F file=@photo.jpg \\\n  ${origin}/api/ocr/image` },
    { title: callIt.pdf, command: `curl -N -F file=@invoice.pdf \\\n  ${origin}/api/ocr/pdf` },
    {
      title: callIt.pages,
      command: `curl -N -F pages=1-3,7 -F file=@report.pdf \\\n  ${origin}/api/ocr/pdf`,
    },
    { title: callIt.usage, command: `curl ${origin}/api/users/me/usage` },
  ];
  return (
    <Card title={callIt.title}>
      <p className="mb-4 text-sm text-muted">{callIt.intro}</p>
      <ul className="flex flex-col gap-4">
        {examples.map(({ title, command }) => (
          <li key={title} className="min-w-0">
            <div className="mb-1.5 flex items-end justify-between gap-3">
              <h3 className="text-sm font-medium">{title}</h3>
              <CopyButton text={command} ariaLabel={callIt.copyOf(title)} />
            </div>
            <pre className="rounded-md bg-sunken px-3 py-2.5 font-mono text-[0.8125rem] leading-relaxed wrap-anywhere whitespace-pre-wrap">
              <code>{command}</code>
            </pre>
          </li>
        ))}
      </ul>
    </Card>
  );
}
