/** What one works with in a list of mail: the mailbox, what is chosen, where one is, and what is done to messages. */

import { RateLimited } from "@mayfly-mail/client";
import type { Mayfly } from "@mayfly-mail/client";
import { clearInbox, markAllRead } from "@mayfly-mail/client/operations";
import { effect, signal } from "@preact/signals";
import { deleteMessages, markMessages } from "../mail/calls.ts";
import type { Entry } from "../mail/entry.ts";
import { Mailbox } from "../mail/mailbox.ts";
import { AccountSource, InboxSource } from "../mail/source.ts";
import { confirmed } from "../parts/dialog.tsx";
import { explained } from "../parts/explained.ts";
import { several } from "../parts/sizes.ts";
import { announce, warn } from "../shell/announcer.tsx";
import { Selection } from "./selection.ts";

export class Desk {
  readonly mailbox: Mailbox;
  readonly source: InboxSource | AccountSource;
  readonly selection = new Selection();
  /** Id of the message that the keys act on; "" at first. */
  readonly current = signal("");
  /** Brings a message into view and gives it the focus; the list that is shown sets it. */
  show: (id: string) => void = () => undefined;

  constructor(
    readonly client: Mayfly,
    readonly inbox: string | undefined,
    q: string,
  ) {
    this.source = inbox === undefined ? new AccountSource(client) : new InboxSource(client, inbox);
    this.mailbox = new Mailbox(this.source, q);
  }

  /** Read and follow; the function that is returned ends it. */
  start(): () => void {
    void this.mailbox.start();
    const leave = effect(() => {
      const there = new Set(this.mailbox.entries.value.map((entry) => entry.id));
      this.selection.keep((id) => there.has(id));
    });
    return () => {
      leave();
      this.mailbox.stop();
    };
  }

  get entries(): readonly Entry[] {
    return this.mailbox.entries.peek();
  }

  /** The messages that a command is about: those that are chosen, else the one that is read or was last visited. */
  aimed(open: string | undefined): readonly string[] {
    const chosen = this.selection.ids.peek();
    if (chosen.size > 0) return this.entries.filter((entry) => chosen.has(entry.id)).map((entry) => entry.id);
    const one = open ?? this.current.peek();
    return one === "" ? [] : [one];
  }

  /** Go to the next message, or with -1 to the one before; return its id. */
  move(step: number, from = this.current.peek()): string | undefined {
    const place = this.entries.findIndex((entry) => entry.id === from);
    const next = this.entries[place < 0 ? 0 : Math.min(Math.max(0, place + step), this.entries.length - 1)];
    if (next === undefined) return undefined;
    this.current.value = next.id;
    this.show(next.id);
    return next.id;
  }

  async mark(ids: readonly string[], isRead: boolean): Promise<void> {
    const aimed = new Set(ids);
    const differ = this.entries.filter((entry) => aimed.has(entry.id) && entry.is_read !== isRead);
    const changed = differ.map((entry) => entry.id);
    if (changed.length === 0) return;
    this.#apply(isRead ? "read" : "unread", changed);
    let done = 0;
    try {
      await markMessages(this.client, changed, isRead, (some) => (done += some.length));
      announce(`${several(changed.length, "message")} marked as ${isRead ? "read" : "unread"}`);
    } catch (error) {
      this.#apply(isRead ? "unread" : "read", changed.slice(done));
      complain(error);
    }
  }

  /** Delete messages, after a question if there are several; resolves to whether they were deleted. */
  async remove(ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return false;
    const many = several(ids.length, "message");
    if (ids.length > 1 && !(await confirmed(`Delete ${many}?`, "They are deleted for good.", `Delete ${many}`))) {
      return false;
    }
    try {
      await deleteMessages(this.client, ids, (deleted) => this.#apply("deleted", deleted));
    } catch (error) {
      complain(error);
      return false;
    }
    announce(`${many} deleted`);
    return true;
  }

  /** Mark all messages of the inbox as read, also those that are not loaded. */
  async markAll(): Promise<void> {
    if (this.inbox === undefined)
      return this.mark(
        this.entries.map(({ id }) => id),
        true,
      );
    try {
      await this.client.call(markAllRead(this.inbox));
      this.#apply(
        "read",
        this.entries.map(({ id }) => id),
      );
      announce("All messages marked as read");
    } catch (error) {
      complain(error);
    }
  }

  /** Delete all messages of the inbox, after a question that names it and their number. */
  async clear(address: string): Promise<void> {
    if (this.inbox === undefined) return;
    try {
      const count = await this.#count();
      const title = `Delete all ${several(count, "message")}?`;
      const text = `Everything in ${address} is deleted for good: ${several(count, "message")}, and mail that comes until then. The inbox stays.`;
      if (!(await confirmed(title, text, `Delete all ${several(count, "message")}`))) return;
      await this.client.call(clearInbox(this.inbox));
      this.#apply("emptied", []);
      announce(`${several(count, "message")} deleted`);
    } catch (error) {
      complain(error);
    }
  }

  /** How many messages there are: those that are loaded, or else as the server counts. */
  async #count(): Promise<number> {
    const { hasMore, q, entries } = this.mailbox;
    const isWhole = !hasMore.peek() && q.peek() === "";
    return this.source instanceof InboxSource && !isWhole ? await this.source.count() : entries.peek().length;
  }

  #apply(what: "read" | "unread" | "deleted" | "emptied", ids: readonly string[]): void {
    this.mailbox.apply({ what, inboxId: this.source.inbox.peek()?.id ?? "", ids, tags: [] });
  }
}

/** Say what went wrong with what was asked for. */
export function complain(error: unknown): void {
  const { problem, advice } = explained(error);
  warn(error instanceof RateLimited ? `${problem} ${advice}` : problem);
}
