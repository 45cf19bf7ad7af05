/** The sheet itself: the picture at its size, the light that reads it, the boxes of its words. */
import { FileWarning } from "lucide-react";
import { type MouseEvent, useState } from "react";
import { pagePictureUrl } from "../../components/page-picture.tsx";
import { cn } from "../../lib/cn.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { ScanLight } from "./rail.tsx";
import { usePageLook, useRoom } from "./room.ts";
import { WordOverlay } from "./word-overlay.tsx";
import { type Word, wordAtPoint } from "./words.ts";
import { type Size, pictureSize, turned } from "./zoom.ts";

interface PictureSheetProps {
  page: number;
  words: readonly Word[];
  /** As it is turned. */
  shown: Size;
  quarters: number;
  onSize: (size: Size) => void;
  wasDragged: () => boolean;
}

export function PictureSheet({
  page,
  words,
  shown,
  quarters,
  onSize,
  wasDragged,
}: PictureSheetProps) {
  const { document, live, light } = useRoom();
  const look = usePageLook(live, page);
  const flat = turned(shown, quarters);
  const [isPointing, setPointing] = useState(false);
  const point = (event: MouseEvent): number | undefined => {
    const frame = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - frame.left) / frame.width;
    const y = (event.clientY - frame.top) / frame.height;
    const [left, top] = turnedBack(x, y, quarters);
    return wordAtPoint(words, left, top);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events: the words are in the text as well
    <div
      className={cn("relative shadow-lifted", isPointing ? "cursor-pointer" : "cursor-grab")}
      style={{ width: shown.width, height: shown.height }}
      onMouseMove={(event) => {
        const index = point(event);
        setPointing(index !== undefined);
        light.light(index === undefined ? undefined : { page, index });
      }}
      onMouseLeave={() => light.light(undefined)}
      onClick={(event) => {
        const index = point(event);
        if (index !== undefined && !wasDragged()) light.show("text", { page, index });
      }}
    >
      <div
        className="absolute top-1/2 left-1/2 overflow-hidden bg-white"
        style={{
          width: flat.width,
          height: flat.height,
          transform: `translate(-50%, -50%) rotate(${quarters * 90}deg)`,
        }}
      >
        <Picture documentId={document.id} page={page} shown={flat} onSize={onSize} />
        <WordOverlay page={page} words={words} />
        {look === "reading" && <ScanLight />}
      </div>
    </div>
  );
}

interface PictureProps {
  documentId: string;
  page: number;
  shown: Size;
  onSize: (size: Size) => void;
}

/** The small one of the rail until the sharp one is there. */
function Picture({ documentId, page, shown, onSize }: PictureProps) {
  const text = useMessages(messages);
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  const size = pictureSize(shown, window.devicePixelRatio);
  if (state === "failed") {
    return (
      <div className="flex size-full flex-col items-center justify-center gap-3 bg-surface p-6 text-center text-sm text-muted">
        <FileWarning className="size-8" aria-hidden />
        {text.noPicture}
      </div>
    );
  }
  return (
    <>
      {state === "loading" && (
        <img
          src={pagePictureUrl(documentId, page, 240)}
          alt=""
          className="absolute inset-0 size-full"
        />
      )}
      <img
        src={pagePictureUrl(documentId, page, size)}
        alt={text.pictureOf(page)}
        draggable={false}
        decoding="async"
        className="absolute inset-0 size-full select-none"
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          setState("shown");
          onSize({ width, height });
        }}
        onError={() => setState("failed")}
      />
    </>
  );
}

/** From the sheet as it is turned to the sheet as it is. */
function turnedBack(x: number, y: number, quarters: number): [number, number] {
  if (quarters === 1) return [y, 1 - x];
  if (quarters === 2) return [1 - x, 1 - y];
  return quarters === 3 ? [1 - y, x] : [x, y];
}
