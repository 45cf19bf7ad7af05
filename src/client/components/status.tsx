/** What runs and whether it answers. */
import { useLanguage } from "../i18n/language.tsx";
import type { ServerState } from "../lib/server-info.ts";

export function Status({ server }: { server: ServerState }) {
  const { messages } = useLanguage();
  const { status } = messages;
  const ready = server.state === "answers" && server.readiness.status === "ok";
  const trouble = troubleOf(server, status.unreachable);
  return (
    <div role="status" className="flex flex-col gap-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1.5">
        <span className="flex items-center gap-2 font-medium">
          <span aria-hidden="true" className={`size-2.5 rounded-full ${dotColor(server, ready)}`} />
          {server.state === "loading" ? status.loading : ready ? status.ready : status.notReady}
        </span>
        {server.state === "answers" && (
          <>
            <Fact name={status.engine} value={server.info.engine.name} />
            <Fact name={status.model} value={server.info.engine.model} />
            <Fact name={status.version} value={server.info.version} />
          </>
        )}
      </div>
      {trouble.map((line) => (
        <p key={line} className="rounded-md bg-bad-wash px-3 py-2 text-bad">
          {line}
        </p>
      ))}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <span className="min-w-0 break-words text-muted">
      {name} <span className="text-ink">{value}</span>
    </span>
  );
}

function dotColor(server: ServerState, ready: boolean): string {
  if (server.state === "loading") return "bg-line-strong";
  return ready ? "bg-good" : "bg-bad";
}

function troubleOf(server: ServerState, unreachable: string): string[] {
  if (server.state === "loading") return [];
  if (server.state === "unreachable") return [unreachable];
  return Object.values(server.readiness.checks)
    .filter((check) => !check.ok)
    .map((check) => check.detail ?? "")
    .filter((detail) => detail !== "");
}
