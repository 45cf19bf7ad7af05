/** Steers the job: pause, resume, cancel. */
import { useMutation } from "@tanstack/react-query";
import { CircleStop, Pause, Play } from "lucide-react";
import { useState } from "react";
import { NotifyButton } from "../../components/notify-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { useLiveState } from "../../lib/live-job.ts";
import { useMessages } from "../../lib/language.tsx";
import { trpc } from "../../lib/trpc.ts";
import { useRoom } from "./room.ts";
import { messages } from "./toolbar-messages.ts";
import { useKeys } from "./use-keys.ts";
import { useToldError } from "./use-restore.ts";

export function JobButtons() {
  const text = useMessages(messages);
  const { job, live } = useRoom();
  const { state } = useLiveState(live);
  const onError = useToldError();
  const [isAsking, setAsking] = useState(false);
  const pause = useMutation(trpc.jobs.pause.mutationOptions({ onError }));
  const resume = useMutation(
    trpc.jobs.resume.mutationOptions({ onError, onSettled: () => pause.reset() }),
  );
  const cancel = useMutation(
    trpc.jobs.cancel.mutationOptions({ onError, onSettled: () => setAsking(false) }),
  );
  const toggle = (): void => {
    if (state === "running") pause.mutate({ id: job.id });
    if (state === "paused") resume.mutate({ id: job.id });
  };
  useKeys([{ key: "p", label: text.keys.pause, run: toggle }]);
  const isPaused = state === "paused";
  // Pages that have begun are read to their end first.
  const isPausing = state === "running" && (pause.isPending || pause.isSuccess);
  const isOver = state !== "running" && state !== "queued" && !isPaused;
  if (isOver) return null;
  return (
    <>
      <NotifyButton isIcon />
      <Button
        size="sm"
        isBusy={isPausing || resume.isPending}
        disabled={state === "queued"}
        icon={
          isPaused ? (
            <Play className="size-3.5" aria-hidden />
          ) : (
            <Pause className="size-3.5" aria-hidden />
          )
        }
        onClick={toggle}
      >
        <span className="max-sm:sr-only">
          {isPaused ? text.resume : isPausing ? text.pausing : text.pause}
        </span>
      </Button>
      <IconButton
        label={text.cancel}
        icon={<CircleStop className="size-4" aria-hidden />}
        onClick={() => setAsking(true)}
      />
      <Confirm
        isOpen={isAsking}
        title={text.cancelTitle}
        description={text.cancelDetail}
        action={text.cancel}
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate({ id: job.id })}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
