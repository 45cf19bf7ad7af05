/** Rail, picture and text: beside each other, or on a phone one at a time. */
import { Image, TextIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Splitter } from "../../components/ui/splitter.tsx";
import { Segments } from "../../components/ui/tabs.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { isPhone, useMedia } from "../../lib/media.ts";
import { recall, remember } from "../../lib/storage.ts";
import { messages } from "./messages.ts";
import { PageField } from "./page-field.tsx";
import { PicturePane } from "./picture-pane.tsx";
import { Rail } from "./rail.tsx";
import { TextPane } from "./text-pane.tsx";

interface PanesProps {
  pages: readonly number[];
  textTools: ReactNode;
  findBar: ReactNode;
  onDoubts: (hasDoubts: boolean) => void;
}

const LEAST = 0.2;
const MOST = 0.75;
const DEFAULT = 0.46;

export function Panes(props: PanesProps) {
  return useMedia(isPhone) ? <OneByOne {...props} /> : <Beside {...props} />;
}

function Beside({ pages, textTools, findBar, onDoubts }: PanesProps) {
  const text = useMessages(messages);
  const [share, setShare] = useState(initialShare);
  return (
    <div className="print-flow flex min-h-0 flex-1">
      <Rail pages={pages} />
      <div className="print-flow flex min-w-0 flex-1">
        <div
          className="flex min-w-0 shrink-0 flex-col print:hidden"
          style={{ width: `${share * 100}%` }}
        >
          <PicturePane onDoubts={onDoubts} className="flex-1" />
        </div>
        <Splitter
          share={share}
          min={LEAST}
          max={MOST}
          label={text.divider}
          onChange={(next) => {
            remember("picture-share", String(next));
            setShare(next);
          }}
        />
        <div className="print-flow flex min-w-0 flex-1 flex-col">
          <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line bg-surface px-3 py-1.5 print:hidden">
            <PageField pages={pages} />
            {textTools}
          </div>
          {findBar}
          <TextPane pages={pages} className="flex-1" />
        </div>
      </div>
    </div>
  );
}

function OneByOne({ pages, textTools, findBar, onDoubts }: PanesProps) {
  const text = useMessages(messages);
  const [part, setPart] = useState<"picture" | "text">("text");
  const icon = "size-3.5";
  const layer = (isShown: boolean): string =>
    cn("absolute inset-0 flex flex-col", !isShown && "invisible");
  return (
    <div className="print-flow flex min-h-0 flex-1 flex-col">
      {pages.length > 1 && <Rail pages={pages} />}
      <div className="flex flex-wrap items-center justify-between gap-1 border-b border-line px-2 py-1.5 print:hidden">
        <Segments
          label={text.shownPart}
          value={part}
          options={[
            { value: "text", label: text.text, icon: <TextIcon className={icon} aria-hidden /> },
            { value: "picture", label: text.picture, icon: <Image className={icon} aria-hidden /> },
          ]}
          onChange={setPart}
        />
        {part === "text" ? textTools : <PageField pages={pages} />}
      </div>
      {findBar}
      {/* Both keep their size and their place while they are not seen. */}
      <div className="print-flow relative min-h-0 flex-1">
        <div className={cn(layer(part === "picture"), "print:hidden")}>
          <PicturePane onDoubts={onDoubts} className="flex-1" />
        </div>
        <div className={cn(layer(part === "text"), "print-flow")}>
          <TextPane pages={pages} className="flex-1" />
        </div>
      </div>
    </div>
  );
}

function initialShare(): number {
  const known = Number(recall("picture-share"));
  return known >= LEAST && known <= MOST ? known : DEFAULT;
}
