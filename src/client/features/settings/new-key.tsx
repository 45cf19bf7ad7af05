/** A key that was just made, with a line that uses it. */
import { Secret } from "../../components/secret.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";

export function NewKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  const text = useMessages(messages);
  const curl = `curl -N -H "Authorization: Bearer ${secret}" -F file=@scan.pdf ${location.origin}/api/ocr/pdf`;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text.newKey}
      description={text.newKeyDetail}
      size="lg"
      footer={
        <Button variant="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <Secret text={secret} />
      <p className="mt-5 mb-1.5 text-sm text-muted">{text.tryIt}</p>
      <Secret text={curl} />
    </Dialog>
  );
}
