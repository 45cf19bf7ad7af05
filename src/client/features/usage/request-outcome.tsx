/** How a request ended. */
import { Chip, type Tone } from "../../components/ui/chip.tsx";
import { useMessages } from "../../lib/language.tsx";
import type { Outputs } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";

export type Request = Outputs["usage"]["list"]["items"][number];

const tones: Record<Request["state"], Tone> = {
  open: "accent",
  done: "good",
  partial: "warn",
  failed: "bad",
  cancelled: "neutral",
  interrupted: "warn",
};

export function RequestOutcome({ state }: { state: Request["state"] }) {
  const text = useMessages(messages);
  return <Chip tone={tones[state]}>{text.states[state]}</Chip>;
}
