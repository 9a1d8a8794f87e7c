/** Which mail is meant: the criteria of waits, as callers write them and as the API takes them. */

import { requireKnown } from "./text.js";
import type { Duration } from "./text.js";

/** Where a mail stands among the events: from `inbox.cursor()`, `message.cursor`, `event.cursor` or a webhook's `sequence`. */
export type Cursor = number | string;

/** A text that occurs anywhere, in any case; or an expression. After `re:` a text is an expression in RE2's syntax. */
export type Pattern = string | RegExp;

/** What a mail has to be; all of it. */
export interface Criteria {
  readonly subject?: Pattern | undefined;
  /** The sender's address or name. */
  readonly from?: Pattern | undefined;
  /** A recipient, with its tag. */
  readonly to?: Pattern | undefined;
  /** Its text or HTML. */
  readonly body?: Pattern | undefined;
  readonly hasOtp?: boolean | undefined;
  readonly hasLink?: boolean | undefined;
}

/** How long to wait, and from where on. */
export interface WaitOptions {
  /** Only mail after this cursor, the oldest first. Without it: all mail since the inbox was made, the newest match first. */
  readonly after?: Cursor | undefined;
  /** As long as the client's `timeout` by default. */
  readonly timeout?: Duration | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The criteria under the API's names. */
export interface SentCriteria {
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly body?: string | undefined;
  readonly has_otp?: boolean | undefined;
  readonly has_link?: boolean | undefined;
}

const NAMES = ["subject", "from", "to", "body", "hasOtp", "hasLink"];

/**
 * Return the criteria as the API takes them. Throws TypeError for a name that is none, since any mail would match without it,
 * and RangeError for an expression with flags that the API has not.
 */
export function sent(criteria: Criteria): SentCriteria {
  requireKnown(criteria, NAMES, "criterion", '{ subject: "Reset" }');
  return {
    subject: pattern(criteria.subject),
    from: pattern(criteria.from),
    to: pattern(criteria.to),
    body: pattern(criteria.body),
    has_otp: criteria.hasOtp,
    has_link: criteria.hasLink,
  };
}

/** Return the criteria in words: 'mail to ann@mayfly.test with subject "Reset" and a code'. */
export function inWords(address: string, criteria: Criteria): string {
  const { subject, from, to, body, hasOtp, hasLink } = criteria;
  const words = [
    ...Object.entries({ subject, from, to, body }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${typeof value === "string" ? JSON.stringify(value) : String(value)}`],
    ),
    ...(hasOtp === undefined ? [] : [hasOtp ? "a code" : "no code"]),
    ...(hasLink === undefined ? [] : [hasLink ? "a link" : "no link"]),
  ];
  return `mail to ${address}${words.length > 0 ? ` with ${words.join(" and ")}` : ""}`;
}

function pattern(wanted: Pattern | undefined): string | undefined {
  if (!(wanted instanceof RegExp)) return wanted;
  const flags = wanted.flags.replace(/[dguy]/g, "");
  if (flags.includes("v")) throw new RangeError(`${String(wanted)}: the flag v is not known to the server`);
  // RE2 writes characters by number in its own way; any other pair of a backslash and a character stays together.
  const source = wanted.source.replace(
    /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|[^])/g,
    (pair, four?: string, more?: string) => (four === undefined && more === undefined ? pair : `\\x{${four ?? more}}`),
  );
  return `re:${flags === "" ? "" : `(?${flags})`}${source}`;
}
