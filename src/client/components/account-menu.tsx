/** What people look for behind their name. */
import { useNavigate } from "@tanstack/react-router";
import { LogOut, Settings2 } from "lucide-react";
import type { RefObject } from "react";
import { useErrorText } from "../lib/error-text.ts";
import { useMessages } from "../lib/language.tsx";
import { useLogOut } from "../lib/log-out.ts";
import { toast } from "../lib/toast.ts";
import { AnchoredMenu, MenuItem, MenuSeparator } from "./ui/menu.tsx";

const messages = {
  en: { settings: "Settings", logOut: "Log out", failed: "That did not work" },
  zh: { settings: "设置", logOut: "退出登录", failed: "操作失败" },
};

interface AccountMenuProps {
  anchor: RefObject<HTMLElement | null>;
  isOpen: boolean;
  onClose: () => void;
  name: string;
}

export function AccountMenu({ name, ...menu }: AccountMenuProps) {
  const text = useMessages(messages);
  const errorText = useErrorText();
  const navigate = useNavigate();
  const logOut = useLogOut();
  const onLogOut = (): void =>
    logOut.mutate(undefined, {
      onError: (error) => toast(text.failed, { description: errorText(error), isError: true }),
    });
  return (
    <AnchoredMenu {...menu} label={name}>
      <p aria-hidden className="max-w-64 truncate px-2.5 pt-1.5 pb-1 text-xs text-muted">
        {name}
      </p>
      <MenuItem
        icon={<Settings2 className="size-4" aria-hidden />}
        onClick={() => void navigate({ to: "/settings" })}
      >
        {text.settings}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut className="size-4" aria-hidden />} onClick={onLogOut}>
        {text.logOut}
      </MenuItem>
    </AnchoredMenu>
  );
}
