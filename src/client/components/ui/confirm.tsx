/** Asks before something that cannot be undone. */
import { useMessages } from "../../lib/language.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

const messages = { en: { cancel: "Cancel" }, zh: { cancel: "取消" } };

interface ConfirmProps {
  isOpen: boolean;
  title: string;
  description: string;
  /** What the button does, as a verb. */
  action: string;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ action, isBusy = false, onConfirm, onClose, ...dialog }: ConfirmProps) {
  const { cancel } = useMessages(messages);
  return (
    <Dialog
      {...dialog}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button variant="danger" isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    />
  );
}
