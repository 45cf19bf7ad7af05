/** Where news are shown. */
import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { cn } from "../lib/cn.ts";
import { useMessages } from "../lib/language.tsx";
import { onToast } from "../lib/toast.ts";

const messages = { en: { close: "Dismiss" }, zh: { close: "关闭" } };

export function Toasts() {
  return (
    <Base.Provider limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-20 z-50 flex flex-col gap-2 sm:right-6 sm:bottom-6 sm:left-auto sm:w-96">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts, add } = Base.useToastManager();
  const { close } = useMessages(messages);
  useEffect(
    () =>
      onToast(({ isError, ...rest }) =>
        add({ ...rest, type: isError ? "error" : "info", priority: isError ? "high" : "low" }),
      ),
    [add],
  );
  return toasts.map((entry) => (
    <Base.Root
      key={entry.id}
      toast={entry}
      className={cn(
        "flex items-start gap-3 rounded-xl border bg-raised p-4 shadow-lifted transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0",
        entry.type === "error" ? "border-bad" : "border-line",
      )}
    >
      <div className="min-w-0 flex-1 text-sm">
        <Base.Title className="font-medium" />
        <Base.Description className="mt-0.5 text-muted" />
      </div>
      <Base.Close
        aria-label={close}
        className="-m-1 inline-flex size-7 items-center justify-center rounded-lg text-muted hover:bg-sunken"
      >
        <X className="size-4" aria-hidden />
      </Base.Close>
    </Base.Root>
  ));
}
