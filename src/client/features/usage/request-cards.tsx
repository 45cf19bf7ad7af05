/** Requests as cards, for phones. */
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { engineName, messages } from "./messages.ts";
import { type Request, RequestOutcome } from "./request-outcome.tsx";

export function RequestCards({ items }: { items: readonly Request[] }) {
  return (
    <ul className="sheet divide-y divide-line">
      {items.map((item) => (
        <Card key={item.id} item={item} />
      ))}
    </ul>
  );
}

function Card({ item }: { item: Request }) {
  const text = useMessages(messages);
  const { number, bytes, duration, dateTime } = useFormats();
  const tokens = number(item.promptTokens + item.completionTokens);
  const figures = {
    [text.pages]: number(item.pages),
    [text.tokens]: item.estimated ? text.about(tokens) : tokens,
    [text.size]: bytes(item.inputBytes),
    [text.took]: duration(item.seconds),
  };
  return (
    <li className="px-4 py-3.5">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="text-sm font-medium tabular-nums">{dateTime(item.createdAt)}</p>
          <p className="mt-0.5 truncate text-xs text-muted">
            {text.kinds[item.kind]} · {engineName(text, item.engine)}
          </p>
        </div>
        <RequestOutcome state={item.state} />
      </div>
      <dl className="mt-3 grid grid-cols-4 gap-2 text-xs tabular-nums">
        {Object.entries(figures).map(([name, figure]) => (
          <div key={name} className="min-w-0">
            <dt className="text-muted">{name}</dt>
            <dd className="mt-0.5 text-sm">{figure}</dd>
          </div>
        ))}
      </dl>
      {item.failedPages > 0 && (
        <p className="mt-2 text-xs text-bad">{text.failedPages(number(item.failedPages))}</p>
      )}
    </li>
  );
}
