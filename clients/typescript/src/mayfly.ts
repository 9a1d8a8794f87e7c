/** The client: makes inboxes and spaces, and reaches every call of the API. */

import { Connection } from "./connection.js";
import type { Answer, CallOptions } from "./connection.js";
import { defaultKey, defaultUrl } from "./environment.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import { Inbox } from "./inbox.js";
import type { ListOptions } from "./inbox.js";
import { MessageCalls } from "./messages.js";
import type { Operation } from "./operation.js";
import { verifyWebhook } from "./signatures.js";
import { Space, bodyOf } from "./space.js";
import type { SpaceSettings } from "./space.js";
import { EventStream, OF_ACCOUNT } from "./stream.js";
import type { StreamOptions } from "./stream.js";
import { lifetime, milliseconds, requireKnown } from "./text.js";
import type { Duration } from "./text.js";
import { Webhooks } from "./webhooks.js";

export interface MayflyOptions {
  /** `MAYFLY_URL` by default, else the page's origin in a browser, else http://127.0.0.1:8080. */
  readonly url?: string | undefined;
  /** An API key or a session's token; `MAYFLY_API_KEY`, or what the file `MAYFLY_API_KEY_FILE` holds, by default; "" for none. */
  readonly apiKey?: string | undefined;
  /** How long waits wait, and other calls at most take; 30 seconds by default. */
  readonly timeout?: Duration | undefined;
  /** How long a call is repeated while the server is busy or away; 60 seconds by default, 5 before it first answered. */
  readonly retryFor?: Duration | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

export interface InboxOptions extends CallOptions {
  /** For your own lists. */
  readonly label?: string | undefined;
  /** An hour by default; null for as long as the plan allows. */
  readonly ttl?: Duration | null | undefined;
  /** "ann" or "ann@mayfly.test"; otherwise a random one. */
  readonly address?: string | undefined;
  readonly domain?: string | undefined;
  readonly webhookUrl?: string | undefined;
}

/** Which messages of the account to list. */
export interface AccountListOptions extends Omit<ListOptions, "after"> {
  /** Begin with the page that `next` of another list names. */
  readonly page?: string | undefined;
  /** First wait until all is stored that SMTP has acknowledged; true by default. */
  readonly consistent?: boolean | undefined;
}

/** Messages of several inboxes, newest first. */
export type AccountMessages = models.AccountMessageEntry[] & {
  /** The list is complete up to here: `after` of a stream or a wait. */
  readonly cursor: number;
  /** `page` of the list that goes on with older messages; undefined: there are none. */
  readonly next: string | undefined;
};

/** What one call may ask for. */
const PAGE = 100;
const CLIENT_OPTIONS = ["url", "apiKey", "timeout", "retryFor", "fetch"];
const ANONYMOUS_OPTIONS = ["address", "domain", "signal"];
const INBOX_OPTIONS = [...ANONYMOUS_OPTIONS, "label", "ttl", "webhookUrl", "idempotencyKey"];

/**
 * A client of one Mayfly.
 *
 *     const mayfly = new Mayfly();
 *     await using inbox = await mayfly.inbox({ label: "signup" });
 *     await signUp(inbox.address);
 *     const code = await inbox.waitForCode();
 */
export class Mayfly extends MessageCalls {
  readonly #connection: Connection;
  readonly webhooks: Webhooks;

  constructor(options: MayflyOptions = {}) {
    requireKnown(options, CLIENT_OPTIONS, "option", '{ url: "http://127.0.0.1:8080" }');
    const connection = new Connection({
      url: options.url ?? defaultUrl(),
      key: options.apiKey ?? defaultKey(),
      timeout: milliseconds(options.timeout ?? "30s", "timeout"),
      retryFor: milliseconds(options.retryFor ?? "60s", "retryFor"),
      fetch: options.fetch ?? ((...given) => globalThis.fetch(...given)),
    });
    super(connection);
    this.#connection = connection;
    this.webhooks = new Webhooks(connection);
  }

  get url(): string {
    return this.#connection.url;
  }

  /** Make an inbox. `await using` deletes it at the end, and so does `delete`. */
  async inbox(options: InboxOptions = {}): Promise<Inbox> {
    requireKnown(options, INBOX_OPTIONS, "option", '{ label: "signup" }');
    this.#connection.requireKey();
    const { ttl, label, webhookUrl, signal, idempotencyKey } = options;
    const ttl_seconds = ttl === undefined || ttl === null ? ttl : lifetime(ttl);
    const operation = operations.createInbox({ ...partsOf(options), label, ttl_seconds, webhook_url: webhookUrl });
    const made = await this.call(operation, { signal, idempotencyKey });
    return new Inbox(this.#connection, made, made.token);
  }

  /** Make an inbox without an account: its token opens it. A key that the client has is not used for making it. */
  async anonymousInbox(options: Pick<InboxOptions, "address" | "domain" | "signal"> = {}): Promise<Inbox> {
    requireKnown(options, ANONYMOUS_OPTIONS, "option", '{ address: "ann" }');
    const stranger = this.#connection.withoutKey();
    const { data } = await stranger.send(operations.generateInbox(partsOf(options)), { signal: options.signal });
    return new Inbox(stranger, data, data.token);
  }

  /** Return an inbox that is there already, by its address or id. */
  async open(name: string, options: CallOptions & { readonly token?: string | undefined } = {}): Promise<Inbox> {
    const { token, signal } = options;
    const connection = token === undefined ? this.#connection : this.#connection.withoutKey();
    const { data } = await connection.send(operations.getInbox(name), { signal, token });
    return new Inbox(connection, data, token);
  }

  /** List the account's inboxes, newest first: 50, or as many as `limit` says; null for all. */
  async inboxes(
    options: CallOptions & { label?: string | undefined; status?: "active" | "archived"; limit?: number | null } = {},
  ): Promise<Inbox[]> {
    this.#connection.requireKey();
    const { label, status, limit, signal } = options;
    const found = await this.#connection.pages((page) => operations.listInboxes({ label, status, ...page }), {
      limit,
      signal,
    });
    return found.map((entry) => new Inbox(this.#connection, entry));
  }

  /** Make a space: one inbox for many addresses. Its `smtp` has the login for the application. */
  async space(name?: string | SpaceSettings, settings: SpaceSettings = {}, options: CallOptions = {}): Promise<Space> {
    this.#connection.requireKey();
    const wanted = typeof name === "object" ? name : { name, ...settings };
    const made = await this.call(operations.createSpace(bodyOf({ ttl: "1h", ...wanted })), options);
    return new Space(this.#connection, made, made.token);
  }

  /** Return a space that is there already, by its address or id. Its SMTP password is not known: `addCredentials` makes another. */
  async openSpace(name: string, options: CallOptions & { readonly token?: string | undefined } = {}): Promise<Space> {
    const { token, signal } = options;
    const connection = token === undefined ? this.#connection : this.#connection.withoutKey();
    const { data } = await connection.send(operations.getSpace(name), { signal, token });
    return new Space(connection, data, token);
  }

  /** List the account's spaces, newest first: 50, or as many as `limit` says; null for all. */
  async spaces(options: CallOptions & { limit?: number | null } = {}): Promise<Space[]> {
    this.#connection.requireKey();
    const found = await this.#connection.pages((page) => operations.listSpaces(page), options);
    return found.map((entry) => new Space(this.#connection, entry));
  }

  /**
   * List the messages of all inboxes and spaces of the account, newest first: 50, or as many as `limit` says; null for
   * all. `query` is in the language of docs/search.md.
   */
  async messages(query?: string | AccountListOptions, options: AccountListOptions = {}): Promise<AccountMessages> {
    this.#connection.requireKey();
    const q = typeof query === "string" ? query : undefined;
    const given = typeof query === "string" ? options : (query ?? options);
    const { limit: most = 50, signal, hasOtp, page, consistent = true, ...filters } = given;
    const found: models.AccountMessageEntry[] = [];
    let [next, complete]: [string | undefined, number | undefined] = [page, undefined];
    do {
      const limit = Math.min(PAGE, (most ?? Number.POSITIVE_INFINITY) - found.length);
      const wanted = { ...filters, q, has_otp: hasOtp, limit, cursor: next, consistent };
      const answer = await this.#connection.send(operations.listAccountMessages(wanted), { signal });
      found.push(...answer.data);
      complete ??= Number(answer.headers.get("x-cursor"));
      next = answer.headers.get("x-next-cursor") ?? undefined;
    } while (next !== undefined && found.length < (most ?? Number.POSITIVE_INFINITY));
    return Object.assign(found, { cursor: complete, next });
  }

  /** Return the events of all inboxes of the account as they happen, also of those made later. It ends when it is closed. */
  stream(options: StreamOptions = {}): EventStream {
    this.#connection.requireKey();
    return new EventStream(this.#connection, OF_ACCOUNT, options);
  }

  async account(options: CallOptions = {}): Promise<models.AccountData> {
    return await this.call(operations.getAccount(), options);
  }

  /** Return what is used of the plan. */
  async usage(options: CallOptions = {}): Promise<models.UsageData> {
    return await this.call(operations.getUsage(), options);
  }

  async domains(options: CallOptions = {}): Promise<readonly models.DomainsData["domains"][number][]> {
    return (await this.call(operations.listDomains(), options)).domains;
  }

  async health(options: CallOptions = {}): Promise<models.Health> {
    return await this.call(operations.health(), options);
  }

  /** Return where the documentation is, and where to send mail if the operator said so. */
  async discovery(options: CallOptions = {}): Promise<models.Discovery> {
    return await this.call(operations.discover(), options);
  }

  /** The same as the function of that name. */
  readonly verifyWebhook = verifyWebhook;

  /** Carry out an operation and return status and header fields too, such as `x-next-cursor`. */
  async send<T>(operation: Operation<T>, options: CallOptions = {}): Promise<Answer<T>> {
    return await this.#connection.send(operation, options);
  }

  override toString(): string {
    return `Mayfly(${this.url})`;
  }

  toJSON(): object {
    return { url: this.url };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Split an address into what the API takes. Throws RangeError if its domain is not the given one. */
function partsOf(options: Pick<InboxOptions, "address" | "domain">): {
  local_part: string | undefined;
  domain: string | undefined;
} {
  const [local, domain] = (options.address ?? "").split("@");
  if (domain !== undefined && options.domain !== undefined && domain !== options.domain) {
    throw new RangeError("address: it names another domain than `domain` does");
  }
  return { local_part: local || undefined, domain: domain ?? options.domain };
}
