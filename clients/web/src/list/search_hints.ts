/** What may be written next in a search, in the language of docs/search.md. Pure. */

export interface Hint {
  /** What it puts in the place of the word that is being written. */
  readonly text: string;
  readonly does: string;
}

const TERMS: readonly (readonly [string, string])[] = [
  ["is:unread", "not read yet"],
  ["is:read", "read"],
  ["is:tagged", "with a tag"],
  ["has:code", "with a one-time code"],
  ["has:link", "with a link"],
  ["has:attachment", "with an attachment"],
  ["has:inline", "with a part shown inside of the text"],
  ["from:", "text in the sender's name or address"],
  ["to:", "text in a recipient's name or address"],
  ["subject:", "text in the subject"],
  ["cc:", "text in Cc"],
  ["bcc:", "text in Bcc, or a recipient that no field names"],
  ["addressed:", "text in any address"],
  ["reply-to:", "text in Reply-To"],
  ["message-id:", "text in the Message-ID"],
  ["tag:", "exactly this tag"],
  ["after:", "received at or after a date, such as 2026-11-30"],
  ["before:", "received before a date"],
  ["larger:", "this size or more, such as 20k"],
  ["smaller:", "less than this size"],
];
const MOST = 8;

/** Return what may stand in the place of the word before the caret; `tags` are those of the list. */
export function hintsFor(text: string, caret: number, tags: readonly string[]): readonly Hint[] {
  const { sign, word } = wordAt(text, caret);
  const written = word.toLowerCase();
  const terms = written.startsWith("tag:")
    ? tags.map((tag) => [tagTerm(tag), "tag of this list"] as const)
    : [...TERMS.filter(([term]) => term !== "tag:" || tags.length > 0 || written !== "")];
  return terms
    .filter(([term]) => term.toLowerCase().startsWith(written) && term.toLowerCase() !== written)
    .slice(0, MOST)
    .map(([term, does]) => ({ text: sign + term, does: sign === "" ? does : `not: ${does}` }));
}

/** Return the text with a hint in the place of the word before the caret, and where the caret is then. */
export function taken(text: string, caret: number, hint: Hint): { readonly text: string; readonly caret: number } {
  const { start } = wordAt(text, caret);
  const after = hint.text.endsWith(":") ? "" : " ";
  const before = text.slice(0, start) + hint.text + after;
  return { text: before + text.slice(caret).replace(after === "" ? /^/ : /^ /, ""), caret: before.length };
}

function wordAt(text: string, caret: number): { start: number; sign: string; word: string } {
  const before = text.slice(0, caret);
  const isQuoted = (before.match(/"/g)?.length ?? 0) % 2 === 1;
  const start = isQuoted ? before.search(/\S*"[^"]*$/) : before.search(/\S*$/);
  const [, sign = "", word = ""] = /^([-!]?)(.*)$/s.exec(before.slice(start)) ?? [];
  return { start, sign, word };
}

function tagTerm(tag: string): string {
  return /\s/.test(tag) ? `tag:"${tag}"` : `tag:${tag}`;
}
