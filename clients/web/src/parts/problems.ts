/** Finds in an error what the server said about single fields of a form, and whether it passes by itself. Pure. */

import { MayflyError, RateLimited, Unavailable } from "@mayfly-mail/client";

// "email: must have ...; allowed_domains[0]: ...": each part begins with the path of a field.
const PART = /(?:^|; )([A-Za-z_]+)(?:[[.][^:]*)?: (.*?)(?=; [A-Za-z_]+(?:[[.][^:]*)?: |$)/gs;

/** Whether a failure passes by itself: the server is busy or away, or wants fewer calls. */
export function isPassing(error: unknown): error is Unavailable | RateLimited {
  return error instanceof Unavailable || error instanceof RateLimited;
}

/** Return what is wrong with a field, as a sentence; "" if the server said nothing about it. */
export function problemOf(error: unknown, field: string): string {
  const said = partsOf(error)
    .filter(([name]) => name === field)
    .map(([, text]) => text);
  return said.length > 0 ? sentence(said.map(plain).join("; ")) : "";
}

/** Return the error, or undefined if all that it says is about these fields, which show it themselves. */
export function beyond(error: unknown, fields: readonly string[]): unknown {
  const parts = partsOf(error);
  return parts.length > 0 && parts.every(([name]) => fields.includes(name)) ? undefined : error;
}

function partsOf(error: unknown): [string, string][] {
  if (!(error instanceof MayflyError)) return [];
  return [...error.message.matchAll(PART)].map(([, name = "", text = ""]) => [name, text]);
}

// What the server's reader of JSON says about lengths and numbers, in the words of people.
const PLAIN: readonly (readonly [RegExp, (bound: string) => string])[] = [
  [
    /^Expected `str` of length >= (\d+)$/,
    (bound) => (bound === "1" ? "must not be empty" : `must have at least ${bound} characters`),
  ],
  [/^Expected `str` of length <= (\d+)$/, (bound) => `must have at most ${bound} characters`],
  [/^Expected `array` of length <= (\d+)$/, (bound) => `must have at most ${bound} entries`],
  [/^Expected `int` >= (\S+)$/, (bound) => `must be ${bound} or more`],
  [/^Expected `int` <= (\S+)$/, (bound) => `must be ${bound} or less`],
  [/^Expected `str` matching regex/, () => "does not have the form that is needed"],
];

function plain(text: string): string {
  for (const [pattern, words] of PLAIN) {
    const found = pattern.exec(text);
    if (found) return words(found[1] ?? "");
  }
  return text;
}

/** Begin a text with a capital letter, unless it begins with a name such as a domain, and end it with a full stop. */
export function sentence(text: string): string {
  const isWord = /^[a-z][a-z'-]*[;:,.!?]?$/.test(text.split(/\s/, 1)[0] ?? "");
  const first = isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?:]$/.test(first) ? first : `${first}.`;
}
