/** The sums of all requests, as a line of large figures. */
import { type ReactNode, useId } from "react";
import type { UsageSums } from "../../../shared/usage.ts";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";

export function Totals({ sums }: { sums: UsageSums }) {
  const text = useMessages(messages);
  const { number, compact, bytes } = useFormats();
  const id = useId();
  const exact = sums.promptTokens + sums.completionTokens;
  const estimated = sums.estimatedPromptTokens + sums.estimatedCompletionTokens;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="sr-only">
        {text.totals}
      </h2>
      <dl className="sheet grid grid-cols-2 gap-px overflow-hidden bg-line lg:grid-cols-4">
        <Figure name={text.pages} value={number(sums.pages)}>
          {sums.failedPages === 0 ? text.noneFailed : text.failedPages(number(sums.failedPages))}
        </Figure>
        <Figure name={text.requests} value={number(sums.requests)}>
          {text.requestsDetail}
        </Figure>
        <Figure name={text.tokens} value={compact(exact + estimated)}>
          {exact > 0 && <span className="block">{text.tokensExact(compact(exact))}</span>}
          {estimated > 0 && (
            <span className="block">{text.tokensEstimated(compact(estimated))}</span>
          )}
        </Figure>
        <Figure name={text.bytes} value={bytes(sums.inputBytes)}>
          {text.bytesDetail}
        </Figure>
      </dl>
    </section>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-4 sm:px-6 sm:py-5">
      <dt className="text-sm text-muted">{name}</dt>
      <dd>
        <span className="mt-1 block font-serif text-3xl font-semibold tracking-tight tabular-nums sm:text-4xl">
          {value}
        </span>
        <span className="mt-1 block text-xs text-muted tabular-nums">{children}</span>
      </dd>
    </div>
  );
}
