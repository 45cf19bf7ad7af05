/** A question or form over the page, which has the focus until it is closed. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useMessages } from "../../lib/language.tsx";
import { cn } from "../../lib/cn.ts";

const messages = { en: { close: "Close" }, zh: { close: "关闭" } };

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, the safest one first, the main one last. */
  footer?: ReactNode;
  size?: "md" | "lg";
}

export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  size = "md",
}: DialogProps) {
  const { close } = useMessages(messages);
  const content = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          // By touch the dialog itself: a keyboard that opens over it would hide it.
          initialFocus={(how) => (how === "touch" ? true : firstIn(content.current))}
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col rounded-t-2xl border border-line bg-raised shadow-lifted",
            "transition-[opacity,translate] data-[ending-style]:translate-y-2 data-[ending-style]:opacity-0 data-[starting-style]:translate-y-2 data-[starting-style]:opacity-0",
            "sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl",
            size === "md" ? "sm:max-w-md" : "sm:max-w-2xl",
          )}
        >
          <div className="flex items-start gap-4 px-5 pt-5 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-serif text-xl font-semibold">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="mt-1 text-sm text-muted">
                  {description}
                </Base.Description>
              )}
            </div>
            <Base.Close
              aria-label={close}
              className="-m-1.5 inline-flex size-8 pointer-coarse:-m-2.5 pointer-coarse:size-10 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-ink"
            >
              <X className="size-4" aria-hidden />
            </Base.Close>
          </div>
          <div ref={content} className="contents">
            {children !== undefined && (
              <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
            )}
            {footer !== undefined && (
              <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-4">
                {footer}
              </div>
            )}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The first field, else the first button, which of a question is the safe one; null where none is. */
function firstIn(content: HTMLElement | null): HTMLElement | null {
  const first = (selector: string) => content?.querySelector<HTMLElement>(selector) ?? null;
  const field = first(':is(input, select, textarea):enabled:not([type="hidden"], [hidden])');
  return field ?? first("button:enabled");
}
