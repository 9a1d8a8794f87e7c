/** A plain text of any length: links can be opened, a code is marked, and what is not seen is not laid out. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { sizeOf } from "../parts/sizes.ts";
import { blocksOf, piecesOf } from "./linkify.ts";
import type { Block, Piece } from "./linkify.ts";
import type { Range } from "./spans.ts";

const SHOWN = 262_144;
const MOST_LINKS = 500;

interface Props {
  text: string;
  /** Names it for screen readers. */
  label: string;
  isWrapped: boolean;
  mark?: Range | undefined;
  /** Changes when the mark is to be shown. */
  shows?: number;
}

export function LongText({ text, label, isWrapped, mark, shows = 0 }: Props) {
  const [isWhole, setWhole] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const end = isWhole || text.length <= SHOWN ? text.length : Math.max(SHOWN, mark?.end ?? 0);
  const blocks = useMemo(() => withPieces(blocksOf(text.slice(0, end)), mark), [text, end, mark]);
  useLayoutEffect(() => {
    if (shows > 0) box.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, [shows]);
  return (
    <>
      <div
        class={isWrapped ? "long-text wrapped" : "long-text"}
        ref={box}
        role="region"
        aria-label={label}
        tabIndex={0}
      >
        {blocks.map((pieces, index) => (
          <pre key={index}>{pieces.map(shown)}</pre>
        ))}
      </div>
      {end < text.length && <Button onClick={() => setWhole(true)}>Show the rest ({sizeOf(text.length - end)})</Button>}
    </>
  );
}

function shown(piece: Piece, index: number) {
  const text = piece.isMarked ? <mark>{piece.text}</mark> : piece.text;
  if (piece.url === undefined) return text;
  return (
    <a key={index} href={piece.url} target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer">
      {text}
    </a>
  );
}

function withPieces(blocks: readonly Block[], mark: Range | undefined): (readonly Piece[])[] {
  let left = MOST_LINKS;
  return blocks.map(({ start, text }) => {
    const place = mark && { start: mark.start - start, end: mark.end - start };
    const pieces = piecesOf(text, left, place);
    left -= pieces.filter((piece) => piece.url !== undefined).length;
    return pieces;
  });
}
