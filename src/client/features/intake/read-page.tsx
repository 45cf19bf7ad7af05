/** Where paper comes in. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Camera, FolderOpen, type LucideIcon, Upload } from "lucide-react";
import { type ComponentProps, useRef } from "react";
import { EngineStatus } from "../../components/engine-status.tsx";
import { NotifyButton } from "../../components/notify-button.tsx";
import { PageBody, useDocumentTitle } from "../../components/page-header.tsx";
import { Button } from "../../components/ui/button.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { offerFiles } from "../../lib/offered-files.ts";
import { serverInfo } from "../../lib/session.ts";
import { trpc } from "../../lib/trpc.ts";
import { messages } from "./messages.ts";
import { Recent } from "./recent.tsx";
import { Samples } from "./samples.tsx";

const TYPES = "PDF, PNG, JPEG, WebP, GIF, BMP, TIFF, JPEG 2000";
const RECENT = 6;

export function ReadPage() {
  const text = useMessages(messages);
  useDocumentTitle(text.title);
  const recent = useQuery(
    trpc.documents.list.queryOptions({ limit: RECENT }, { refetchOnWindowFocus: true }),
  );
  const documents = recent.data?.items ?? [];
  return (
    <PageBody>
      <h1 className="sr-only">{text.title}</h1>
      {/* Elsewhere it stands in the rail, which phones have not. */}
      <div className="-mt-3 mb-2 flex justify-end md:hidden">
        <EngineStatus isInLine />
      </div>
      <DropArea />
      {recent.isSuccess && documents.length === 0 && <Samples />}
      {documents.length > 0 && (
        <section className="mt-12" aria-labelledby="recent">
          <div className="mb-3 flex items-baseline justify-between gap-4">
            <h2 id="recent" className="font-serif text-xl font-semibold">
              {text.recent}
            </h2>
            <span className="-my-2 ml-auto">
              <NotifyButton />
            </span>
            <Link to="/library" className="-my-3 py-3 text-sm text-accent hover:underline">
              {text.allDocuments}
            </Link>
          </div>
          <Recent documents={documents} />
        </section>
      )}
    </PageBody>
  );
}

function DropArea() {
  const text = useMessages(messages);
  const formats = useFormats();
  const { data } = useQuery(serverInfo);
  return (
    <section className="crop-marks flex flex-col items-center px-6 py-14 text-center sm:py-20">
      <p className="font-serif text-3xl font-semibold tracking-tight text-balance break-keep sm:text-[2.75rem] sm:leading-tight">
        {text.lead}
      </p>
      <p className="mt-4 text-balance text-muted pointer-coarse:hidden">{text.hint}</p>
      <p className="mt-4 hidden text-balance text-muted pointer-coarse:block">{text.touchHint}</p>
      <div className="mt-8 flex flex-wrap items-center justify-center gap-3">
        <PickButton label={text.choose} icon={Upload} isMain multiple />
        <PickButton
          label={text.chooseFolder}
          icon={FolderOpen}
          className="max-sm:hidden"
          multiple
          // React knows no such attribute of its own.
          {...{ webkitdirectory: "" }}
        />
        <PickButton
          label={text.photo}
          icon={Camera}
          className="sm:hidden"
          accept="image/*"
          capture="environment"
        />
      </div>
      {data && (
        <p className="mt-8 text-xs text-muted">
          {text.types(TYPES, formats.number(data.limits.upload_mb))}
        </p>
      )}
    </section>
  );
}

interface PickButtonProps extends ComponentProps<"input"> {
  label: string;
  icon: LucideIcon;
  isMain?: boolean;
}

/** A button that lets files be chosen; the other attributes are those of the input behind it. */
function PickButton({ label, icon: Icon, isMain = false, className, ...rest }: PickButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        variant={isMain ? "primary" : "secondary"}
        icon={<Icon className="size-4" aria-hidden />}
        onClick={() => input.current?.click()}
        className={className}
      >
        {label}
      </Button>
      <input
        {...rest}
        ref={input}
        type="file"
        hidden
        aria-label={label}
        onChange={(event) => {
          offerFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}
