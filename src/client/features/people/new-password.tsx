/** A password that was just made, to be handed over. */
import { Secret } from "../../components/secret.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";

interface NewPasswordProps {
  name: string;
  password: string;
  onClose: () => void;
}

export function NewPassword({ name, password, onClose }: NewPasswordProps) {
  const text = useMessages(messages);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text.newPassword(name)}
      description={text.newPasswordDetail}
      footer={
        <Button variant="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <Secret text={password} />
    </Dialog>
  );
}
