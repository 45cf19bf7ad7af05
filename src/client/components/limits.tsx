import { readableTypes } from "../../shared/file-types.ts";
import { useLanguage } from "../i18n/language.tsx";
import type { ServerInfo } from "../../shared/server-info.ts";
import { Card } from "./card.tsx";

export function Limits({ limits }: { limits: ServerInfo["limits"] }) {
  const { language, messages } = useLanguage();
  const text = messages.limits;
  const number = new Intl.NumberFormat(language);
  const rows = [
    [text.types, readableTypes],
    [text.size, text.sizeValue(number.format(limits.upload_mb))],
    [text.pages, text.pagesValue(number.format(limits.pages))],
    [text.pixels, text.pixelsValue(number.format(limits.megapixels))],
  ];
  return (
    <Card title={text.title}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
