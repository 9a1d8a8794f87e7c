/** Names of files for messages that anybody may have sent. Pure. */

import type { Entry } from "./entry.ts";

const LONGEST = 60;

/** Return a name for each message: its time and subject, in characters that every system has, each name once. */
export function fileNames(entries: readonly Pick<Entry, "id" | "subject" | "received_at">[]): readonly string[] {
  const taken = new Set<string>();
  return entries.map((entry) => {
    const name = baseOf(entry);
    const unique = taken.has(name) ? `${name}-${entry.id}` : name;
    taken.add(unique);
    return `${unique}.eml`;
  });
}

/** Return what is left of a text as a part of a file's name; "" if nothing is. */
export function plain(text: string): string {
  const kept = text.normalize("NFKC").replace(/[^\p{L}\p{N}._@-]+/gu, "-");
  return [...kept]
    .slice(0, LONGEST)
    .join("")
    .replace(/^[-.@]+|[-.@]+$/g, "");
}

function baseOf({ subject, received_at }: { subject: string; received_at: string }): string {
  const moment = received_at.slice(0, 19).replace("T", "_").replaceAll(":", "");
  return [moment, plain(subject) || "no-subject"].join("-");
}
