/// <reference lib="esnext.disposable" preserve="true" />
/** One inbox: wait for its mail, read it, make it fail, delete it. */

import type { CallOptions, Connection } from "./connection.js";
import type { Criteria, Cursor, WaitOptions } from "./criteria.js";
import { NotFound, unlessEnded } from "./errors.js";
import { faultPlan } from "./faults.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import type { ListMessagesQuery } from "./generated/operations.js";
import { contentOf } from "./injection.js";
import type { NewMail } from "./injection.js";
import type { Code, Link, LinkWish, Message } from "./message.js";
import { MessageCalls } from "./messages.js";
import { EventStream, ofInbox } from "./stream.js";
import type { StreamOptions } from "./stream.js";
import { lifetime, milliseconds } from "./text.js";
import type { Duration } from "./text.js";
import { Wait, linkOf, none, several } from "./waits.js";
import type { NoMailProof, Place } from "./waits.js";

/** Where `await using` looks for the end; older browsers have no such symbol. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** What is known of an inbox without asking again. */
export interface InboxFacts {
  readonly id: string;
  readonly address: string;
  readonly label?: string | null;
  readonly inbox_expires_at?: string | null;
  readonly expires_at?: string | null;
  readonly message_count?: number;
}

/** Which messages to list. */
export interface ListOptions {
  /** Part of the sender. */
  readonly from?: string | undefined;
  /** Part of a recipient. */
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly hasOtp?: boolean | undefined;
  readonly unread?: boolean | undefined;
  readonly since?: Date | string | undefined;
  readonly after?: Cursor | undefined;
  /** 50 by default; null for all. */
  readonly limit?: number | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class Inbox extends MessageCalls {
  readonly #connection: Connection;
  readonly #token: string | undefined;
  #facts: InboxFacts;

  constructor(connection: Connection, facts: InboxFacts, token?: string) {
    super(connection, token);
    this.#connection = connection;
    this.#facts = facts;
    this.#token = token || undefined;
  }

  get id(): string {
    return this.#facts.id;
  }
  get address(): string {
    return this.#facts.address;
  }
  get label(): string | null {
    return this.#facts.label ?? null;
  }
  /** The secret that opens this inbox alone; undefined unless it was just made, or given to `open`. */
  get token(): string | undefined {
    return this.#token;
  }
  /** When it ends; null if it stays until it is deleted. */
  get expiresAt(): Date | null {
    const moment = this.#facts.inbox_expires_at ?? this.#facts.expires_at;
    return moment ? new Date(moment) : null;
  }
  /** As of the last `refresh`. */
  get messageCount(): number {
    return this.#facts.message_count ?? 0;
  }

  /** Return the place of now among the events: mail that comes later is after it. */
  async cursor(options: CallOptions = {}): Promise<number> {
    const operation = operations.listMessages(this.segment, { limit: 1, consistent: true });
    const { headers } = await this.#connection.send(operation, { ...options, token: this.#token });
    return Number(headers.get("x-cursor"));
  }

  /**
   * Wait for a mail and return it. Throws WaitTimeout, which lists what came instead.
   *
   *     const mail = await inbox.waitForMessage({ subject: "Reset", from: "shop@", timeout: "30s" });
   */
  async waitForMessage(options: Criteria & WaitOptions = {}): Promise<Message> {
    return await this.#wait(options).next();
  }

  /** Wait for so many mails and return them in the order in which they came. Throws WaitTimeout. */
  async waitForMessages(count: number, options: Criteria & WaitOptions = {}): Promise<Message[]> {
    return await several(this.#wait(options), count);
  }

  /**
   * Wait for a mail with a one-time code and return the code; `code.message` is the mail. Throws WaitTimeout.
   *
   *     const mark = await inbox.cursor();
   *     await page.getByText("Send code").click();
   *     await page.getByLabel("Code").fill((await inbox.waitForCode({ after: mark })).value);
   */
  async waitForCode(options: Omit<Criteria, "hasOtp"> & WaitOptions = {}): Promise<Code> {
    const message = await this.#wait({ ...options, hasOtp: true }).next();
    return message.code as Code; // the server matched it by its code
  }

  /**
   * Wait for a mail with a link whose URL contains the pattern, and return the link. Throws WaitTimeout, and LinkNotFound
   * when that mail has several of them.
   *
   *     const link = await inbox.waitForLink("/verify/", { timeout: "20s" });
   */
  async waitForLink(
    pattern?: string | RegExp | (LinkWish & Omit<Criteria, "hasLink"> & WaitOptions),
    options: LinkWish & Omit<Criteria, "hasLink"> & WaitOptions = {},
  ): Promise<Link> {
    const isPattern = pattern === undefined || typeof pattern === "string" || pattern instanceof RegExp;
    const { text, kind, ...rest } = isPattern ? options : pattern;
    return await linkOf(this.#wait({ ...rest, hasLink: true }), isPattern ? pattern : undefined, { text, kind });
  }

  /**
   * Prove that no mail comes for so long (5 seconds by default): everything that the server accepted until then was
   * looked at. Throws UnexpectedMessage.
   */
  async waitForNone(
    options: Criteria & Omit<WaitOptions, "timeout"> & { readonly within?: Duration } = {},
  ): Promise<NoMailProof> {
    const { within = 5_000, after, signal, ...criteria } = options;
    return await none(this.#connection, this.place, criteria, {
      within: milliseconds(within, "within"),
      after,
      signal,
    });
  }

  /** Return the events of the inbox as they happen: `for await (const event of inbox.stream()) ...`. */
  stream(options: StreamOptions = {}): EventStream {
    return new EventStream(this.#connection, ofInbox(this.place), options);
  }

  /** List messages, newest first. All that SMTP has acknowledged is in the list. `query` is in the language of docs/search.md. */
  async messages(query?: string | ListOptions, options: ListOptions = {}): Promise<models.MessageEntry[]> {
    const { limit, signal, hasOtp, ...filters } = typeof query === "string" ? options : (query ?? options);
    const sent: ListMessagesQuery = { ...filters, q: typeof query === "string" ? query : undefined, has_otp: hasOtp };
    const page = (place: object) => operations.listMessages(this.segment, { ...sent, ...place, consistent: true });
    return await this.#connection.pages(page, { limit, signal, token: this.#token });
  }

  /** Return what a search finds, in the language of docs/search.md: `inbox.search("to:ann subject:welcome is:unread")`. */
  async search(query: string, options: Pick<ListOptions, "limit" | "signal"> = {}): Promise<models.MessageEntry[]> {
    return await this.messages(query, options);
  }

  /** Return the newest message; null when there is none. */
  async latest(options: CallOptions = {}): Promise<Message | null> {
    const [newest] = await this.messages({ ...options, limit: 1 });
    return newest === undefined ? null : await this.message(newest, options);
  }

  /** Put a mail into the inbox without SMTP: fields, or the whole mail as it would be sent. */
  async inject(mail: NewMail | string | Uint8Array, options: CallOptions = {}): Promise<models.InjectedData> {
    return await this.call(operations.injectMessage(this.segment, await contentOf(mail)), options);
  }

  /**
   * Let SMTP fail as the plan says, from the next mail on. Call `clear` afterwards, or let `await using` do it.
   *
   *     await using faults = await inbox.fault("451 x2, accept");
   */
  async fault(plan: string, options: CallOptions = {}): Promise<Faults> {
    await this.setFault(plan, options);
    return new Faults(this);
  }

  /** Set a fault plan that stays. */
  async setFault(plan: string, options: CallOptions = {}): Promise<models.FaultPlan> {
    return await this.call(operations.putFaultPlan(this.segment, { steps: faultPlan(plan) }), options);
  }

  /** Return the fault plan, with the number of mails that it has met; null without one. */
  async faultPlan(options: CallOptions = {}): Promise<models.FaultPlan | null> {
    return await this.call(operations.getFaultPlan(this.segment), options).catch((error: unknown) => {
      if (error instanceof NotFound) return null;
      throw error;
    });
  }

  /** Take mail as usual again. Without a plan it does nothing. */
  async clearFault(options: CallOptions = {}): Promise<void> {
    await this.call(operations.deleteFaultPlan(this.segment), options).catch(unlessEnded);
  }

  /** Delete all messages. */
  async clear(options: CallOptions = {}): Promise<void> {
    await this.call(operations.clearInbox(this.segment, { consistent: true }), options);
  }

  /** End the inbox and delete its messages. Does nothing if it has ended already. */
  async delete(options: CallOptions = {}): Promise<void> {
    await this.call(operations.deleteInbox(this.segment), options).catch(unlessEnded);
  }

  /** Return how many messages, codes, attachments and octets it has. */
  async stats(options: CallOptions = {}): Promise<models.InboxStats> {
    return await this.call(operations.getInboxStats(this.segment, { consistent: true }), options);
  }

  /** Return the tags of its messages, with their counts. */
  async tags(options: CallOptions = {}): Promise<models.TagData[]> {
    return await this.call(operations.listTags(this.segment), options);
  }

  async markAllRead(options: CallOptions = {}): Promise<void> {
    await this.call(operations.markAllRead(this.segment, { consistent: true }), options);
  }

  /** Change what is given; null removes a label, a webhook, or the end (`ttl`, from now on). */
  async change(
    changes: { readonly label?: string | null; readonly ttl?: Duration | null; readonly webhookUrl?: string | null },
    options: CallOptions = {},
  ): Promise<void> {
    const { label, ttl, webhookUrl } = changes;
    const ttl_seconds = ttl === undefined || ttl === null ? ttl : lifetime(ttl);
    this.learn(
      await this.call(operations.changeInbox(this.segment, { label, ttl_seconds, webhook_url: webhookUrl }), options),
    );
  }

  /** Let an archived inbox live again under its old address, and return it with its new token. An hour by default; null: for good. */
  async reactivate(ttl?: Duration | null, options: CallOptions = {}): Promise<Inbox> {
    const ttl_seconds = ttl === undefined || ttl === null ? ttl : lifetime(ttl);
    const made = await this.call(operations.reactivateInbox(this.segment, { ttl_seconds }), options);
    return new Inbox(this.#connection, made, made.token);
  }

  /** Ask again what the inbox is, its counts included. */
  async refresh(options: CallOptions = {}): Promise<this> {
    this.learn(await this.call(operations.getInbox(this.segment, { consistent: true }), options));
    return this;
  }

  /** Return a ticket with which an `EventSource` may open this inbox's stream once, within a minute. */
  async streamTicket(options: CallOptions = {}): Promise<models.StreamTicketData> {
    return await this.call(operations.createStreamTicket(this.segment), options);
  }

  override toString(): string {
    return this.address;
  }

  toJSON(): object {
    return { id: this.id, address: this.address, label: this.label, expiresAt: this.expiresAt };
  }

  async [asyncDispose](): Promise<void> {
    await this.delete();
  }

  [INSPECT](): string {
    return `${this.constructor.name} ${this.address}`;
  }

  /** What it is called in paths. */
  protected get segment(): string {
    return this.address;
  }

  protected get place(): Place {
    return { name: this.segment, address: this.address, token: this.#token };
  }

  protected learn(facts: InboxFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  #wait(options: Criteria & WaitOptions): Wait {
    const { after, timeout, signal, ...criteria } = options;
    return new Wait(this.#connection, this.place, criteria, { after, timeout, signal });
  }
}

/** A fault plan in force. */
export class Faults {
  constructor(readonly inbox: Inbox) {}

  /** Return how many mails it has met; 0 once it is cleared. */
  async seen(): Promise<number> {
    return (await this.inbox.faultPlan())?.seen ?? 0;
  }

  /** Return how many mails come until it is used up; Infinity where its last fault has no number. */
  async remaining(): Promise<number> {
    const { steps, seen } = (await this.inbox.faultPlan()) ?? { steps: [], seen: 0 };
    const counted = steps.filter((step) => step.at === "rcpt" || step.at === "data");
    const last = counted.findLastIndex((step) => (step.code ?? null) !== null || step.delay_ms > 0);
    const planned = counted.slice(0, last + 1).reduce((sum, step) => sum + (step.times ?? Number.POSITIVE_INFINITY), 0);
    return Math.max(0, planned - seen);
  }

  /** Take mail as usual again. */
  async clear(): Promise<void> {
    await this.inbox.clearFault();
  }

  async [asyncDispose](): Promise<void> {
    await this.clear();
  }
}
