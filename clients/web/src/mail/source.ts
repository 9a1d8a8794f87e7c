/** Where the messages of a list come from: one inbox or space, or all of an account. */

import type { Answer, Inbox, InboxEvent, Mayfly, StreamOptions } from "@mayfly-mail/client";
import { listAccountMessages, listMessages } from "@mayfly-mail/client/operations";
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Entry } from "./entry.ts";

/** A page of a list: the search, how many, and where the page before ended. */
export interface Wanted {
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export type Following = StreamOptions & { readonly changes: true };

/** What is known of an inbox or space. */
export interface Known {
  readonly id: string;
  readonly address: string;
  readonly label: string | null;
  /** ISO 8601; null: until it is deleted. */
  readonly expiresAt: string | null;
}

export interface Source {
  /** The inbox, as of when it was last asked; undefined until then, and for an account. */
  readonly inbox: ReadonlySignal<Known | undefined>;
  /** Find out what there is. */
  open(signal: AbortSignal): Promise<void>;
  read(wanted: Wanted, signal: AbortSignal): Promise<Answer<readonly Entry[]>>;
  /** Only after `open`. */
  follow(options: Following): AsyncIterable<InboxEvent>;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The messages of one inbox or space, by its id or address. */
export class InboxSource implements Source {
  readonly inbox = signal<Known | undefined>(undefined);
  #handle: Inbox | undefined;

  constructor(
    readonly client: Mayfly,
    readonly name: string,
  ) {}

  async open(signal: AbortSignal): Promise<void> {
    this.#handle = await this.client.open(this.name, { signal });
    this.#learn(this.#handle);
  }

  /** Let it end so many seconds from now; null: when it is deleted. */
  async extend(seconds: number | null): Promise<void> {
    await this.#handle!.change({ ttl: seconds === null ? null : seconds * 1_000 });
    this.#learn(this.#handle!);
  }

  /** Ask how many messages it has. */
  async count(): Promise<number> {
    return (await this.#handle!.refresh()).messageCount;
  }

  async delete(): Promise<void> {
    await this.#handle!.delete();
  }

  async read(wanted: Wanted, signal: AbortSignal): Promise<Answer<readonly Entry[]>> {
    return await this.client.send<readonly Entry[]>(listMessages(this.name, queryOf(wanted)), { signal });
  }

  follow(options: Following): AsyncIterable<InboxEvent> {
    return this.#handle!.stream(options);
  }

  #learn({ id, address, label, expiresAt }: Inbox): void {
    this.inbox.value = { id, address, label, expiresAt: expiresAt?.toISOString() ?? null };
  }
}

/** The messages of all inboxes and spaces of an account. */
export class AccountSource implements Source {
  readonly inbox = signal<undefined>(undefined);

  constructor(readonly client: Mayfly) {}

  async open(): Promise<void> {
    return;
  }

  async read(wanted: Wanted, signal: AbortSignal): Promise<Answer<readonly Entry[]>> {
    return await this.client.send<readonly Entry[]>(listAccountMessages(queryOf(wanted)), { signal });
  }

  follow(options: Following): AsyncIterable<InboxEvent> {
    return this.client.stream(options);
  }
}

function queryOf({ q, limit, cursor }: Wanted): { q?: string; tz?: string; limit: number; cursor: string | undefined } {
  return { ...(q ? { q, tz: zone } : {}), limit, cursor };
}
