/** A source of messages that a test holds in its hand. Messages are numbered; a higher one is newer. */

import type { InboxEvent } from "@mayfly-mail/client";
import { signal } from "@preact/signals";
import type { Entry } from "../../src/mail/entry.ts";
import type { Following, Known, Source, Wanted } from "../../src/mail/source.ts";

export class HeldSource implements Source {
  readonly inbox = signal<Known | undefined>(undefined);
  mail: Entry[] = [];
  asked: Wanted[] = [];
  remaining = "1000";
  fault: Error | undefined;
  /** Readings stop here until it resolves. */
  gate: Promise<void> | undefined;
  /** The stream connects when it resolves. */
  connecting: Promise<void> | undefined;
  following: Following | undefined;
  #events: InboxEvent[] = [];
  #wake = (): void => undefined;
  #end: Error | "over" | undefined;

  constructor(count = 0) {
    this.mail = Array.from({ length: count }, (_, index) => mail(count - index));
  }

  async open(): Promise<void> {
    this.inbox.value = { id: "b", address: "ann@mayfly.test", label: null, expiresAt: null };
  }

  async read(wanted: Wanted) {
    this.asked.push(wanted);
    if (this.fault) throw this.fault;
    const before = this.mail.filter(({ id }) => wanted.cursor === undefined || id < wanted.cursor);
    const found = before.filter(({ subject }) => subject.includes(wanted.q));
    const data = found.slice(0, wanted.limit);
    const headers = new Headers({ "x-cursor": "7", "x-ratelimit-remaining": this.remaining });
    if (found.length > data.length) headers.set("x-next-cursor", data.at(-1)!.id);
    await this.gate;
    return { data, status: 200, headers };
  }

  async *follow(options: Following): AsyncGenerator<InboxEvent> {
    this.following = options;
    await this.connecting;
    options.onState?.("connected");
    while (this.#end === undefined) {
      yield* this.#events.splice(0);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    yield* this.#events.splice(0);
    if (this.#end !== "over") throw this.#end;
  }

  tell(type: string, data: Record<string, unknown> = {}): void {
    const text = (name: string): string => String(data[name] ?? "");
    const told = {
      messageId: text("id"),
      inboxId: text("inbox_id"),
      subject: text("subject"),
      from: "a@b.example",
      hasOtp: false,
    };
    this.#events.push({ type, cursor: 8, data, ...told });
    this.#wake();
  }

  come(number: number): void {
    this.mail = [mail(number), ...this.mail];
    this.announce(number);
  }

  announce(number: number): void {
    this.tell("message", { id: mail(number).id, subject: mail(number).subject });
  }

  end(why: Error | "over"): void {
    this.#end = why;
    this.#wake();
  }
}

export function mail(number: number): Entry {
  return {
    id: String(number).padStart(5, "0"),
    subject: `Mail ${number}`,
    from_address: "a@b.example",
    has_otp: false,
    is_read: false,
    received_at: "2026-11-30T12:00:00Z",
    preview: "Hello",
    tags: [],
    attachment_count: 0,
    link_count: 0,
    raw_size: 100,
    recipients: [],
    recipient_count: 0,
  };
}
