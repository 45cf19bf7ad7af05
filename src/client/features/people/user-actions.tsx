/** What an administrator can do with an account. What takes or gives much asks first. */
import { Ellipsis, KeyRound, ShieldCheck, ShieldOff, UserCheck, UserX } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuSeparator } from "../../components/ui/menu.tsx";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { useChangeUser } from "./use-change-user.ts";
import type { User } from "./user-list.tsx";
import { type Question, UserQuestion } from "./user-question.tsx";

interface ActionsProps {
  user: User;
  isOwn: boolean;
}

interface ItemsProps extends ActionsProps {
  onAsk: (question: Question) => void;
}

export function UserActions({ user, isOwn }: ActionsProps) {
  const text = useMessages(messages);
  const [question, setQuestion] = useState<Question>();
  const trigger = (
    <button
      type="button"
      aria-label={text.actions(user.username)}
      className="inline-flex size-10 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-ink pointer-fine:size-8"
    >
      <Ellipsis className="size-5" aria-hidden />
    </button>
  );
  return (
    <>
      <Menu trigger={trigger}>
        <Items user={user} isOwn={isOwn} onAsk={setQuestion} />
      </Menu>
      <UserQuestion user={user} question={question} onClose={() => setQuestion(undefined)} />
    </>
  );
}

function Items({ user, isOwn, onAsk }: ItemsProps) {
  const text = useMessages(messages);
  const { setRole, setDisabled } = useChangeUser(user);
  const { id: userId } = user;
  const isAdmin = user.role === "admin";
  const isDisabled = user.disabledAt !== null;
  const RoleIcon = isAdmin ? ShieldOff : ShieldCheck;
  const StateIcon = isDisabled ? UserCheck : UserX;
  return (
    <>
      <MenuItem
        icon={<RoleIcon className="size-4" aria-hidden />}
        onClick={() => (isAdmin ? setRole.mutate({ userId, role: "user" }) : onAsk("admin"))}
      >
        {isAdmin ? text.makeUser : text.makeAdmin}
      </MenuItem>
      <MenuItem
        icon={<KeyRound className="size-4" aria-hidden />}
        // One's own is changed in the settings, and does not end this session there.
        disabled={isOwn}
        onClick={() => onAsk("password")}
      >
        {text.resetPassword}
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={<StateIcon className="size-4" aria-hidden />}
        isDanger={!isDisabled}
        // They would lock themselves out.
        disabled={isOwn}
        onClick={() =>
          isDisabled ? setDisabled.mutate({ userId, disabled: false }) : onAsk("disable")
        }
      >
        {isDisabled ? text.enable : text.disable}
      </MenuItem>
    </>
  );
}
