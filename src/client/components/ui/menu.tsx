/** A menu behind a button. */
import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode, RefObject } from "react";
import { cn } from "../../lib/cn.ts";
import { isWithin } from "./is-within.ts";

const popupClass =
  "min-w-44 rounded-xl border border-line bg-raised p-1 shadow-lifted transition-opacity outline-none data-[ending-style]:opacity-0 data-[starting-style]:opacity-0";

interface MenuProps {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
}

export function Menu({ trigger, children, align = "end" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} className="z-50">
          <Base.Popup className={popupClass}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface AnchoredMenuProps {
  anchor: RefObject<HTMLElement | null>;
  isOpen: boolean;
  onClose: () => void;
  label: string;
  children: ReactNode;
}

/** A menu beside a button that was there before the menu's code was. */
export function AnchoredMenu({ anchor, isOpen, onClose, label, children }: AnchoredMenuProps) {
  return (
    <Base.Root
      open={isOpen}
      modal={false}
      onOpenChange={(open, { event }) => {
        // The button closes it, too: once is enough.
        if (!open && !isWithin(anchor, event)) onClose();
      }}
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} side="right" align="end" sideOffset={8} className="z-50">
          <Base.Popup aria-label={label} finalFocus={anchor} className={popupClass}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const itemClass =
  "flex w-full items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none select-none pointer-coarse:min-h-10 data-[highlighted]:bg-sunken data-[disabled]:opacity-40";

interface MenuItemProps {
  icon?: ReactNode;
  isDanger?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, isDanger = false, children, ...item }: MenuItemProps) {
  return (
    <Base.Item {...item} className={cn(itemClass, isDanger && "text-bad")}>
      {icon}
      {children}
    </Base.Item>
  );
}

/** An item that goes somewhere, or downloads. */
export function MenuLink({
  href,
  icon,
  children,
  download = false,
}: {
  href: string;
  icon?: ReactNode;
  children: ReactNode;
  download?: boolean;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/anchor-has-content: Base UI puts the children in
    <Base.Item className={itemClass} render={<a href={href} download={download || undefined} />}>
      {icon}
      {children}
    </Base.Item>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-2 my-1 h-px bg-line" />;
}
