/** Boxes over a page's picture: the word that is lit, and those that the engine is not sure of. */
import { memo, useSyncExternalStore } from "react";
import { DOUBT } from "./progress.ts";
import { useRoom } from "./room.ts";
import type { Word } from "./words.ts";

interface WordOverlayProps {
  page: number;
  words: readonly Word[];
}

export function WordOverlay({ page, words }: WordOverlayProps) {
  const { light, hasDoubts } = useRoom();
  const lit = useSyncExternalStore(light.listen, () =>
    light.lit?.page === page ? light.lit.index : undefined,
  );
  const word = lit === undefined ? undefined : words[lit];
  return (
    <svg
      aria-hidden
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 size-full mix-blend-multiply"
    >
      {hasDoubts && <Doubts words={words} />}
      {word && <WordBox word={word} className="fill-[#ffd84a]" data-word={word.text} />}
    </svg>
  );
}

const Doubts = memo(function Doubts({ words }: { words: readonly Word[] }) {
  return words.map(
    (word) =>
      word.confidence < DOUBT.word && (
        <WordBox key={word.box.join(" ")} word={word} className="fill-[#f3c98b]/55" />
      ),
  );
});

/** Colours of a highlighter on white paper, which pages are in the dark as well. */
function WordBox({
  word: { box },
  ...rest
}: {
  word: Word;
  className: string;
  "data-word"?: string;
}) {
  const [left, top, right, bottom] = box;
  return <rect x={left} y={top} width={right - left} height={bottom - top} {...rest} />;
}
