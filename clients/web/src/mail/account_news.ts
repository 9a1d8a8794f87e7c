/**
 * What happens in an account: how many messages of which inbox are unread, counted once and then followed, and that
 * inboxes came or went.
 */

import { Unauthorized } from "@mayfly-mail/client";
import type { Mayfly } from "@mayfly-mail/client";
import { listAccountMessages } from "@mayfly-mail/client/operations";
import { signal } from "@preact/signals";
import { changeOf } from "./entry.ts";
import { follow } from "./following.ts";
import { AccountSource } from "./source.ts";

const PAGE = 100;
const MOST_PAGES = 3;
const RECOUNT_AFTER = 3_000;

export class AccountNews {
  /** Unread messages by the id of their inbox. */
  readonly unread = signal<ReadonlyMap<string, number>>(new Map());
  /** Whether there are more unread messages than were counted. */
  readonly isMore = signal(false);
  readonly error = signal<unknown>(undefined);
  readonly isRefused = signal(false);
  /** Called when inboxes came, changed or went. */
  onInboxes: () => void = () => undefined;

  readonly #source: AccountSource;
  readonly #ending = new AbortController();
  #cursor: string | undefined;
  /** Ids of the messages that the last counting found: their events may come after it. */
  #counted: ReadonlySet<string> = new Set();
  /** Mail that is announced during a counting: its inbox by its id. */
  #meanwhile: Map<string, string> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly client: Mayfly) {
    this.#source = new AccountSource(client);
  }

  async start(): Promise<void> {
    const { signal } = this.#ending;
    try {
      await this.#count();
      await follow((options) => this.#source.follow(options), {
        cursor: () => this.#cursor,
        signal,
        onEvent: (event) => {
          if (event.cursor !== undefined) this.#cursor = String(event.cursor);
          this.#note(event.type, event.data);
        },
        onState: (state) => state === "connected" && this.#stale(),
      });
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  stop(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
  }

  #note(type: string, data: Readonly<Record<string, unknown>>): void {
    const inbox = String(data["inbox_id"] ?? "");
    if (type === "message") {
      this.#add(String(data["id"] ?? ""), inbox);
    } else if (type === "change") {
      if (changeOf(data).what !== "tagged") this.#recount();
    } else if (type === "reset") {
      this.#stale();
    } else if (["inbox", "expired", "deleted"].includes(type)) {
      this.onInboxes();
    }
  }

  #stale(): void {
    this.#recount();
    this.onInboxes();
  }

  /** Count again, once for all that happens within a few seconds. */
  #recount(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#count().catch((error: unknown) => this.#fail(error));
    }, RECOUNT_AFTER);
  }

  #add(id: string, inbox: string): void {
    if (this.#counted.has(id)) return;
    this.#meanwhile?.set(id, inbox);
    this.unread.value = withOneMore(new Map(this.unread.value), inbox);
  }

  async #count(): Promise<void> {
    const meanwhile = (this.#meanwhile = new Map<string, string>());
    const found = new Map<string, string>();
    let cursor: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await this.client.send(listAccountMessages({ unread: true, limit: PAGE, cursor }), {
        signal: this.#ending.signal,
      });
      for (const { id, inbox_id } of page.data) found.set(id, inbox_id);
      this.#cursor ??= page.headers.get("x-cursor") ?? undefined;
      cursor = page.headers.get("x-next-cursor") ?? undefined;
      if (cursor === undefined) break;
    }
    if (this.#meanwhile !== meanwhile) return; // a later counting has begun
    this.#meanwhile = undefined;
    this.#counted = new Set(found.keys());
    const counts = new Map<string, number>();
    for (const inbox of new Map([...found, ...meanwhile]).values()) withOneMore(counts, inbox);
    this.unread.value = counts;
    this.isMore.value = cursor !== undefined;
    this.error.value = undefined;
  }

  #fail(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.error.value = error;
    if (!(error instanceof Unauthorized)) return;
    this.isRefused.value = true;
    this.stop();
  }
}

function withOneMore(counts: Map<string, number>, inbox: string): Map<string, number> {
  return counts.set(inbox, (counts.get(inbox) ?? 0) + 1);
}
