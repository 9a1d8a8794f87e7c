/** Finds the links in a plain text, and cuts a long one into blocks. Pure, linear, and made for hostile text. */

import { wholeAt } from "./spans.ts";
import type { Range } from "./spans.ts";

export interface Piece {
  readonly text: string;
  /** It is a link to there. */
  readonly url?: string;
  readonly isMarked?: boolean;
}

/** A part of a long text that is laid out by itself. */
export interface Block {
  /** Where it begins in the whole, in UTF-16 units. */
  readonly start: number;
  readonly text: string;
}

const BLOCK = 8_192;
const LONGEST_URL = 2_048;
const URLS = /https?:\/\/[^\s<>"'`\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]+/gi;

/** Cut a text into blocks, at line ends where there are some. All of them together are the text. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOfBlock(text, start);
    blocks.push({ start, text: text.slice(start, end) });
    start = end;
  }
  return blocks;
}

/** Return the pieces of a block: links, plain text, and what is marked (a place in the block). At most `most` links. */
export function piecesOf(text: string, most: number, mark?: Range): Piece[] {
  const pieces: Piece[] = [];
  let place = 0;
  let left = most;
  for (const found of text.matchAll(URLS)) {
    if (left <= 0) break;
    if (found[0].length > LONGEST_URL) continue;
    const url = trimmed(found[0]);
    if (!isUrl(url)) continue;
    left -= 1;
    pieces.push({ text: text.slice(place, found.index) }, { text: url, url });
    place = found.index + url.length;
  }
  pieces.push({ text: text.slice(place) });
  return marked(
    pieces.filter((piece) => piece.text !== ""),
    mark,
  );
}

function endOfBlock(text: string, start: number): number {
  const end = start + BLOCK;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf("\n", end - 1);
  if (line > start) return line + 1;
  return wholeAt(text, end);
}

const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

// A sentence goes on after a URL; a bracket belongs to it if it was opened in it.
function trimmed(url: string): string {
  const counts = new Map<string, number>();
  for (const each of url) counts.set(each, (counts.get(each) ?? 0) + 1);
  let end = url.length;
  for (; end > 0; end -= 1) {
    const last = url.charAt(end - 1);
    const opening = OPENING[last];
    const isSpare = opening !== undefined && (counts.get(last) ?? 0) > (counts.get(opening) ?? 0);
    if (!isSpare && !".,;:!?*_~".includes(last)) break;
    counts.set(last, (counts.get(last) ?? 0) - 1);
  }
  return url.slice(0, end);
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^/]/i.test(text);
}

function marked(pieces: readonly Piece[], mark: Range | undefined): Piece[] {
  if (mark === undefined) return [...pieces];
  let place = 0;
  return pieces.flatMap((piece) => {
    const [from, to] = [place, place + piece.text.length];
    place = to;
    const [start, end] = [Math.max(from, mark.start) - from, Math.min(to, mark.end) - from];
    if (start >= end) return [piece];
    const cut = (begin: number, stop?: number): Piece => ({ ...piece, text: piece.text.slice(begin, stop) });
    return [cut(0, start), { ...cut(start, end), isMarked: true }, cut(end)].filter((part) => part.text !== "");
  });
}
