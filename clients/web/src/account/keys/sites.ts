/** The allowed domains of an API key, as one writes them: an entry a line. Pure. */

const ENTRY = /^(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?$/;
const MOST_CHARACTERS = 255;

export interface Site {
  readonly entry: string;
  /** What it means; undefined for what is no entry. */
  readonly meaning: string | undefined;
}

/** Return the entries of a text: one a line, or with commas between them. */
export function entriesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** Say from which sites each entry lets a key be used. */
export function sitesIn(text: string): Site[] {
  return entriesIn(text).map((entry) => ({ entry, meaning: meaningOf(entry) }));
}

function meaningOf(entry: string): string | undefined {
  if (!ENTRY.test(entry) || entry.length > MOST_CHARACTERS) return undefined;
  if (entry.startsWith("*.")) {
    const host = entry.slice(2);
    return host.includes(":") ? undefined : `${host} and every host below it, at any port`;
  }
  return entry.includes(":") ? `${entry} at this port only` : `exactly ${entry}, at any port`;
}
