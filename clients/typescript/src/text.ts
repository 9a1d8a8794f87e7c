/** How lengths of time are read, and how text that came by mail is shown to people. */

/** Milliseconds, or a text such as "500ms", "30s", "10m", "2h" or "1d". */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_SHOWN = 200;

/** Return a duration in milliseconds. Throws RangeError, naming the option, for anything else. */
export function milliseconds(duration: Duration, option: string): number {
  const read = typeof duration === "number" ? duration : parsed(duration);
  if (!(Number.isFinite(read) && read >= 0)) {
    throw new RangeError(
      `${option}: ${shown(String(duration))} is no duration; write milliseconds, or "30s", "10m", "1d"`,
    );
  }
  return read;
}

/** Return the whole seconds of an inbox's life. Throws RangeError below one second, where seconds were meant. */
export function lifetime(ttl: Duration): number {
  const read = milliseconds(ttl, "ttl");
  if (read < 1_000) {
    throw new RangeError(
      `ttl: ${read} ms is too short; numbers are milliseconds, so write "${read}s" or ${read * 1_000}`,
    );
  }
  return Math.round(read / 1_000);
}

/** Refuse what would be ignored in silence: a misspelt option, or a text in the place of options. Throws TypeError. */
export function requireKnown(given: object, known: readonly string[], kind: string, example: string): void {
  const isText = typeof given === "string" || Object.hasOwn(given, "0"); // the rest of a text has its characters by number
  if (isText) throw new TypeError(`write an object, such as ${example}, and no text`);
  const [unknown] = Object.entries(given).find(([name, value]) => value !== undefined && !known.includes(name)) ?? [];
  if (unknown !== undefined) throw new TypeError(`${shown(unknown)} is no ${kind} here; known are ${known.join(", ")}`);
}

function parsed(text: string): number {
  const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text) ?? [];
  return Number(number || Number.NaN) * (UNITS[unit] ?? Number.NaN);
}

/** Return a time for people: "30 s", "0.5 s", "50 ms". */
export function seconds(span: number): string {
  return span > 0 && span < 100 ? `${Math.ceil(span)} ms` : `${Number((span / 1_000).toFixed(1))} s`;
}

/** Return text of strangers in quotation marks, on one line: control and direction characters are escaped, long text is cut. */
export function shown(text: string): string {
  const characters = [...text];
  const cut = characters.length > LONGEST_SHOWN ? `${characters.slice(0, LONGEST_SHOWN).join("")}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
