/** Which engine reads, and whether it can be reached; more beside it when somebody asks. */
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useRef, useState } from "react";
import { cn } from "../lib/cn.ts";
import { useMessages } from "../lib/language.tsx";
import { trpc } from "../lib/trpc.ts";

const messages = {
  en: {
    title: "Engine",
    builtIn: "Built-in engine",
    remote: "Remote engine",
    ready: "Ready",
    asking: "Asking …",
    down: "Not reachable",
    inLine: (name: string, state: string) => `${name}: ${state}`,
  },
  zh: {
    title: "识别引擎",
    builtIn: "内置引擎",
    remote: "远程引擎",
    ready: "就绪",
    asking: "检查中…",
    down: "无法连接",
    inLine: (name: string, state: string) => `${name}：${state}`,
  },
};

const ASK_EVERY_MS = 10_000;

const EnginePanel = lazy(async () => ({
  default: (await import("./engine-panel.tsx")).EnginePanel,
}));

/** @param isInLine beside other things at the top of a phone's screen, not at the foot of the rail. */
export function EngineStatus({ isInLine = false }: { isInLine?: boolean }) {
  const text = useMessages(messages);
  const { data, isError, isPending } = useQuery(
    trpc.engines.health.queryOptions(
      {},
      // The one in the rail asks for both: it is on every screen.
      { refetchInterval: isInLine ? false : ASK_EVERY_MS, retry: false },
    ),
  );
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState<boolean>();
  const name = data?.name === "embedded" ? text.builtIn : text.remote;
  const isOk = !isError && data?.ok === true;
  const state = isPending ? text.asking : isOk ? text.ready : text.down;
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen === true}
        onClick={() => setOpen(isOpen !== true)}
        className={cn(
          "flex items-center rounded-lg text-muted hover:bg-sunken",
          isInLine
            ? "min-h-10 gap-2 px-3 text-xs"
            : "flex-col gap-1.5 px-2 py-2 text-[0.6875rem] xl:flex-row xl:gap-2.5 xl:px-3 xl:text-left xl:text-xs",
        )}
      >
        <span className="sr-only">{text.title}: </span>
        <Dot isOk={isOk} isBusy={(data?.activePages ?? 0) > 0} isPending={isPending} />
        {isInLine ? (
          <span>{data ? text.inLine(name, state) : state}</span>
        ) : (
          <>
            <span className="xl:hidden">{state}</span>
            <span className="hidden min-w-0 flex-1 xl:block">
              <span className="block truncate font-medium text-ink">
                {data ? name : text.title}
              </span>
              <span className="block truncate">{state}</span>
            </span>
          </>
        )}
      </button>
      {isOpen !== undefined && (
        <Suspense>
          <EnginePanel
            anchor={button}
            side={isInLine ? "bottom" : "right"}
            isOpen={isOpen}
            onClose={() => setOpen(false)}
            title={data ? name : text.title}
            health={data}
          />
        </Suspense>
      )}
    </>
  );
}

function Dot({ isOk, isBusy, isPending }: { isOk: boolean; isBusy: boolean; isPending: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        "size-2 shrink-0 rounded-full",
        isPending ? "bg-line-strong" : isOk ? "bg-good" : "bg-bad",
        isBusy && "animate-pulse",
      )}
    />
  );
}
