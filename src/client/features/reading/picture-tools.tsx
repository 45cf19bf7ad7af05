/** What can be done with the picture, at its foot. */
import { Maximize2, MoveHorizontal, RotateCw, ScanSearch, ZoomIn, ZoomOut } from "lucide-react";
import { IconButton } from "../../components/ui/icon-button.tsx";
import { useFormats } from "../../lib/format.ts";
import { useMessages } from "../../lib/language.tsx";
import { messages } from "./messages.ts";
import { useRoom } from "./room.ts";
import type { ZoomControl } from "./use-zoom.ts";

interface PictureToolsProps {
  zoom: ZoomControl;
  onTurn: () => void;
  hasWords: boolean;
  onDoubts: (hasDoubts: boolean) => void;
}

const icon = "size-4";

export function PictureTools({ zoom, onTurn, hasWords, onDoubts }: PictureToolsProps) {
  const text = useMessages(messages);
  const formats = useFormats();
  const { hasDoubts } = useRoom();
  return (
    <div
      role="toolbar"
      aria-label={text.picture}
      className="absolute bottom-3 left-1/2 flex -translate-x-1/2 items-center gap-0.5 rounded-xl border border-line bg-raised p-1 shadow-lifted"
    >
      <IconButton
        label={text.zoomOut}
        shortcut="-"
        side="top"
        icon={<ZoomOut className={icon} aria-hidden />}
        onClick={() => zoom.step(-1)}
      />
      <span className="w-11 text-center text-xs text-muted tabular-nums max-sm:hidden">
        {formats.percent(zoom.factor)}
      </span>
      <IconButton
        label={text.zoomIn}
        shortcut="+"
        side="top"
        icon={<ZoomIn className={icon} aria-hidden />}
        onClick={() => zoom.step(1)}
      />
      <IconButton
        label={text.fitWidth}
        side="top"
        isPressed={zoom.zoom === "width"}
        icon={<MoveHorizontal className={icon} aria-hidden />}
        onClick={() => zoom.set("width")}
      />
      <IconButton
        label={text.fitPage}
        shortcut="0"
        side="top"
        isPressed={zoom.zoom === "page"}
        icon={<Maximize2 className={icon} aria-hidden />}
        onClick={() => zoom.set("page")}
      />
      <IconButton
        label={text.rotate}
        side="top"
        icon={<RotateCw className={icon} aria-hidden />}
        onClick={onTurn}
      />
      {hasWords && (
        <IconButton
          label={text.doubts}
          side="top"
          isPressed={hasDoubts}
          icon={<ScanSearch className={icon} aria-hidden />}
          onClick={() => onDoubts(!hasDoubts)}
        />
      )}
    </div>
  );
}
