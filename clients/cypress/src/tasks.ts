/** What commands (in the browser) and tasks (in Node) send each other: plain JSON, since nothing else gets through `cy.task`. */

import type { Criteria, Cursor, LinkWish, Pattern } from "@mayfly-mail/client";

/** How long a task waits by default: less than people do. */
export const DEFAULT_WAIT = 30_000;

/** An inbox as commands yield it. */
export interface MayflyInbox {
  readonly id: string;
  readonly address: string;
}

/** A mail as commands yield it. */
export interface MayflyMail {
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly html: string;
  readonly code: string | null;
  readonly links: readonly { readonly url: string; readonly text: string; readonly kind: string }[];
  /** `after` of the next wait. */
  readonly cursor: number | null;
}

/** What a mail has to be, and how long to wait for it, in milliseconds. */
export interface WaitWish extends Criteria {
  readonly after?: Cursor | undefined;
  readonly timeout?: number | undefined;
}

/** Which link, in which mail. */
export interface LinkWaitWish extends WaitWish, LinkWish {
  /** Part of the URL, or an expression. */
  readonly url?: Pattern | undefined;
}

interface SentExpression {
  readonly source: string;
  readonly flags: string;
}

/** Replace expressions, which JSON turns into `{}`. */
export function packed(wish: object): object {
  return Object.fromEntries(
    Object.entries(wish).map(([name, value]) => [
      name,
      value instanceof RegExp ? ({ source: value.source, flags: value.flags } satisfies SentExpression) : value,
    ]),
  );
}

/** Undo `packed`. */
export function unpacked<T extends object>(wish: T): T {
  const values = Object.entries(wish).map(([name, value]) => [
    name,
    isExpression(value) ? new RegExp(value.source, value.flags) : value,
  ]);
  return Object.fromEntries(values) as T;
}

function isExpression(value: unknown): value is SentExpression {
  return typeof value === "object" && value !== null && "source" in value && "flags" in value;
}
