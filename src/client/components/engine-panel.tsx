/** What there is to know of the engine, beside its light. */
import { Popover } from "@base-ui/react/popover";
import type { RefObject } from "react";
import { useFormats } from "../lib/format.ts";
import { useMessages } from "../lib/language.tsx";
import type { Outputs } from "../lib/trpc.ts";
import { isWithin } from "./ui/is-within.ts";

const messages = {
  en: {
    model: "Model",
    now: "Now",
    reading: (pages: number) => `${pages} ${pages === 1 ? "page" : "pages"} being read`,
    waiting: (pages: number) => `${pages} waiting`,
    idle: "Nothing to read",
    pace: "Pace",
    perPage: (time: string) => `${time} a page`,
    noServer: "The server does not answer. It will be asked again.",
  },
  zh: {
    model: "模型",
    now: "当前",
    reading: (pages: number) => `正在识别 ${pages} 页`,
    waiting: (pages: number) => `${pages} 页等待中`,
    idle: "空闲",
    pace: "速度",
    perPage: (time: string) => `每页 ${time}`,
    noServer: "服务器没有响应，稍后会再次尝试。",
  },
};

interface EnginePanelProps {
  anchor: RefObject<HTMLElement | null>;
  side: "right" | "bottom";
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** Undefined where the server does not answer. */
  health: Outputs["engines"]["health"] | undefined;
}

export function EnginePanel({ anchor, side, isOpen, onClose, title, health }: EnginePanelProps) {
  const text = useMessages(messages);
  const formats = useFormats();
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(open, { event }) => {
        // The button closes it, too: once is enough.
        if (!open && !isWithin(anchor, event)) onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side={side} align="end" sideOffset={8} className="z-50">
          <Popover.Popup className="w-72 rounded-xl border border-line bg-raised p-4 text-sm shadow-lifted">
            <Popover.Title className="font-medium">{title}</Popover.Title>
            {!health && <p className="mt-2 text-bad">{text.noServer}</p>}
            {health?.detail !== undefined && <p className="mt-2 text-bad">{health.detail}</p>}
            {health && (
              <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-[0.8125rem]">
                <dt className="text-muted">{text.model}</dt>
                <dd className="break-words">{health.model}</dd>
                <dt className="text-muted">{text.now}</dt>
                <dd>
                  {health.activePages === 0 ? text.idle : text.reading(health.activePages)}
                  {health.waitingPages > 0 && `, ${text.waiting(health.waitingPages)}`}
                </dd>
                {health.secondsPerPage !== undefined && (
                  <>
                    <dt className="text-muted">{text.pace}</dt>
                    <dd>{text.perPage(formats.duration(health.secondsPerPage))}</dd>
                  </>
                )}
              </dl>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
