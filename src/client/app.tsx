/** The page at `/`: what runs, how to call it, and a place to try it. */
import { CallIt } from "./components/call-it.tsx";
import { Limits } from "./components/limits.tsx";
import { SmallButton } from "./components/small-button.tsx";
import { Status } from "./components/status.tsx";
import { TryIt } from "./components/try-it.tsx";
import { useLanguage } from "./i18n/language.tsx";
import { useServerState } from "./lib/server-info.ts";

export function App() {
  const { messages, other, otherName, choose } = useLanguage();
  const server = useServerState();
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 py-6 sm:px-8 sm:py-10">
      <header className="mb-6 flex flex-col gap-4 sm:mb-8">
        <div className="flex items-start justify-between gap-4">
          <div className="flex items-center gap-3">
            <img src="/favicon.svg" alt="" width="36" height="36" />
            <h1 className="text-2xl font-semibold tracking-tight">My OCR</h1>
          </div>
          <SmallButton onClick={() => choose(other)} lang={other}>
            {otherName}
          </SmallButton>
        </div>
        <p className="text-muted">{messages.intro}</p>
        <Status server={server} />
      </header>
      <main className="grid flex-1 grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <TryIt />
        <div className="flex min-w-0 flex-col gap-5">
          <CallIt />
          {server.state === "answers" && <Limits limits={server.info.limits} />}
        </div>
      </main>
      <footer className="mt-8 text-sm text-muted">{messages.license}</footer>
    </div>
  );
}
