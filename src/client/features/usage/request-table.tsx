/** Requests as a table. */
import type { ReactNode } from "react";
import { cn } from "../../lib/cn.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { engineName, messages } from "./messages.ts";
import { type Request, RequestOutcome } from "./request-outcome.tsx";

export function RequestTable({ items }: { items: readonly Request[] }) {
  const text = useMessages(messages);
  return (
    <div className="sheet overflow-x-auto">
      <table className="w-full text-sm tabular-nums">
        <thead className="border-b border-line text-left text-xs text-muted">
          <tr>
            <Head>{text.begun}</Head>
            <Head>{text.kind}</Head>
            <Head>{text.state}</Head>
            <Head isNumber>{text.pages}</Head>
            <Head isNumber>{text.tokens}</Head>
            <Head isNumber>{text.size}</Head>
            <Head isNumber>{text.took}</Head>
            <Head>{text.engine}</Head>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item }: { item: Request }) {
  const text = useMessages(messages);
  const { number, bytes, duration, dateTime } = useFormats();
  const tokens = number(item.promptTokens + item.completionTokens);
  return (
    <tr>
      <Cell>{dateTime(item.createdAt)}</Cell>
      <Cell>{text.kinds[item.kind]}</Cell>
      <Cell>
        <RequestOutcome state={item.state} />
      </Cell>
      <Cell isNumber>
        {number(item.pages)}
        {item.failedPages > 0 && (
          <span className="block text-xs text-bad">
            {text.ofPagesFailed(number(item.failedPages))}
          </span>
        )}
      </Cell>
      <Cell isNumber>{item.estimated ? text.about(tokens) : tokens}</Cell>
      <Cell isNumber>{bytes(item.inputBytes)}</Cell>
      <Cell isNumber>{duration(item.seconds)}</Cell>
      <td className="max-w-48 px-4 py-2.5">
        <span className="block truncate">{engineName(text, item.engine)}</span>
        <span className="block truncate text-xs text-muted" title={item.model}>
          {item.model}
        </span>
      </td>
    </tr>
  );
}

function Head({ isNumber = false, children }: { isNumber?: boolean; children: ReactNode }) {
  return (
    <th scope="col" className={cn("px-4 py-2.5 font-medium", isNumber && "text-right")}>
      {children}
    </th>
  );
}

function Cell({ isNumber = false, children }: { isNumber?: boolean; children: ReactNode }) {
  return (
    <td className={cn("px-4 py-2.5 whitespace-nowrap", isNumber && "text-right")}>{children}</td>
  );
}
