/** Waiting for mail by cursor: long waits in parts, near misses of all parts, and nothing lost when the server restarts. */

import { pause } from "./abort.js";
import type { Connection } from "./connection.js";
import { inWords, sent } from "./criteria.js";
import type { Criteria, Cursor, WaitOptions } from "./criteria.js";
import { Gone, MayflyError, UnexpectedMessage, WaitTimeout } from "./errors.js";
import type { NearMiss } from "./errors.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import { Message, described, isWanted, wishOf } from "./message.js";
import type { Link, LinkWish } from "./message.js";
import type { Operation } from "./operation.js";
import { milliseconds } from "./text.js";

/** Below the minute after which proxies end a silent connection by default. */
const LONGEST_PART = 50_000;
/** Something in between may end each part at once. */
const SHORTEST_PART = 100;
const MOST_NEAR_MISSES = 50;

/** The inbox that is waited at. */
export interface Place {
  /** Its address or id in paths. */
  readonly name: string;
  readonly address: string;
  readonly token: string | undefined;
}

/** Seconds that no mail matched, and up to where that is proved. */
export interface NoMailProof {
  /** `after` of the next wait. */
  readonly cursor: number;
  /** Every mail that the server accepted up to this one was looked at. */
  readonly drainedUpTo: number;
}

/** One wait, perhaps for several mails: its deadline, its cursor and its near misses. */
export class Wait {
  readonly #began = performance.now();
  readonly #span: number;
  readonly #nearMisses = new Map<string, NearMiss>();
  #cursor: Cursor | undefined;

  constructor(
    readonly connection: Connection,
    readonly place: Place,
    readonly criteria: Criteria,
    readonly options: WaitOptions,
  ) {
    this.#span = options.timeout === undefined ? connection.timeout : milliseconds(options.timeout, "timeout");
    this.#cursor = options.after;
  }

  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  get remaining(): number {
    return Math.max(0, this.#span - (performance.now() - this.#began));
  }

  /** Look at mail after this cursor only. */
  from(cursor: Cursor): void {
    this.#cursor = cursor;
  }

  /**
   * Return the next matching mail: with a cursor the oldest after it, without one the newest. Throws WaitTimeout, with the
   * mails that were `found` before.
   */
  async next(wanted = inWords(this.place.address, this.criteria), found: readonly Message[] = []): Promise<Message> {
    do {
      const began = performance.now();
      const message = await this.#part(LONGEST_PART);
      if (message !== undefined) return message;
      const hurry = Math.min(this.remaining, SHORTEST_PART - (performance.now() - began));
      if (hurry > 0) await pause(hurry, this.options.signal);
    } while (this.remaining > 0);
    const [cursor, nearMisses] = [Number(this.#cursor), [...this.#nearMisses.values()].reverse()];
    throw new WaitTimeout({ wanted, criteria: this.criteria, waited: this.#span, cursor, nearMisses, found });
  }

  /** Return the next matching mail that is already there; undefined when there is none. */
  async there(): Promise<Message | undefined> {
    return await this.#part(0);
  }

  /** Note that a mail met the server's criteria and failed this one. */
  miss(message: Message, failed: string): void {
    this.#add({ id: message.id, subject: message.subject, failed: [failed] });
  }

  async #part(longest: number): Promise<Message | undefined> {
    const { signal } = this.options;
    const operation = (): Operation<models.MessageData> => {
      const span = Math.min(this.remaining, longest);
      const query = { ...sent(this.criteria), timeout: span / 1_000, after: this.#cursor as string | undefined };
      return { ...operations.waitForMessage(this.place.name, query), holds: span };
    };
    const { token } = this.place;
    const answer = await this.connection.send(operation, { signal, token, returns: [408], retryFor: this.remaining });
    if (answer.status !== 408) {
      const cursor = Number(answer.headers.get("x-cursor"));
      this.#cursor = cursor;
      return new Message(answer.data, cursor);
    }
    const missed = answer.data as unknown as models.WaitTimeoutData;
    if (missed.error !== "wait_timeout") throw new MayflyError(missed.message, { code: missed.error, status: 408 });
    [...missed.near_misses].reverse().forEach((miss) => this.#add(miss));
    this.#cursor = missed.cursor;
    return undefined;
  }

  #add(miss: NearMiss): void {
    this.#nearMisses.set(miss.id, miss);
    const [oldest] = this.#nearMisses.keys();
    if (this.#nearMisses.size > MOST_NEAR_MISSES && oldest !== undefined) this.#nearMisses.delete(oldest);
  }
}

/** Return that many mails, in the order in which they came. Throws WaitTimeout. */
export async function several(wait: Wait, count: number): Promise<Message[]> {
  if (!(Number.isInteger(count) && count > 0)) throw new RangeError(`count: ${count} is no number of mails`);
  if (wait.options.after === undefined) wait.from(0);
  const found: Message[] = [];
  const wanted = inWords(wait.place.address, wait.criteria);
  while (found.length < count) {
    found.push(await wait.next(`${count} times ${wanted}; ${found.length} came`, found).catch(unlessForgotten));
  }
  return found;
}

function unlessForgotten(error: unknown): never {
  if (!(error instanceof Gone && error.message.startsWith("after: "))) throw error; // or else the inbox has ended
  throw new Gone(
    `${error.message} (for an inbox older than a day, give \`after\`, such as \`await inbox.cursor()\`)`,
    error,
  );
}

/** Return the one link like that of a mail that has it: the newest such mail, or with `after` the oldest. Throws WaitTimeout. */
export async function linkOf(
  wait: Wait,
  pattern: string | RegExp | LinkWish | undefined,
  wish: LinkWish,
): Promise<Link> {
  const [url, rest] = wishOf(pattern, wish);
  const name = `link ${described(url, rest)}`.trim();
  const wanted = `a ${name} in ${inWords(wait.place.address, { ...wait.criteria, hasLink: undefined })}`;
  const first = await wait.next(wanted);
  if (hasLink(first, url, rest)) return first.link(url, rest);
  wait.miss(first, name);
  const older = wait.options.after === undefined ? await newestThere(wait, url, rest) : undefined;
  for (let message = older ?? (await wait.next(wanted)); ; message = await wait.next(wanted)) {
    if (hasLink(message, url, rest)) return message.link(url, rest);
    wait.miss(message, name);
  }
}

/** Go through all that is there from the beginning, since a wait without a cursor shows the newest match alone. */
async function newestThere(wait: Wait, url: string | RegExp | undefined, wish: LinkWish): Promise<Message | undefined> {
  let newest: Message | undefined;
  const { cursor } = wait;
  wait.from(0);
  try {
    for (let message = await wait.there(); message !== undefined; message = await wait.there()) {
      if (hasLink(message, url, wish)) newest = message;
    }
  } catch (error) {
    if (!(error instanceof Gone) || cursor === undefined) throw error;
    wait.from(cursor); // the events of its older mail are forgotten
  }
  return newest;
}

function hasLink(message: Message, url: string | RegExp | undefined, wish: LinkWish): boolean {
  return message.links().some((link) => isWanted(link, url, wish));
}

/** Prove that no mail matches for so long. Throws UnexpectedMessage when one does. */
export async function none(
  connection: Connection,
  place: Place,
  criteria: Criteria,
  options: { readonly within: number; readonly after?: Cursor | undefined; readonly signal?: AbortSignal | undefined },
): Promise<NoMailProof> {
  const began = performance.now();
  let after = options.after;
  for (;;) {
    const operation = (): Operation<models.NoMail> => {
      const span = Math.min(LONGEST_PART, Math.max(0, options.within - (performance.now() - began)));
      const query = { ...sent(criteria), for: span / 1_000, after: after as string | undefined };
      return { ...operations.proveNoneCame(place.name, query), holds: span };
    };
    const retryFor = Math.max(0, options.within - (performance.now() - began));
    const answer = await connection.send(operation, {
      signal: options.signal,
      token: place.token,
      returns: [409],
      retryFor,
    });
    if (answer.status === 409)
      throw unexpected(answer.data as unknown as models.MailCameData, inWords(place.address, criteria));
    after = answer.data.cursor;
    if (performance.now() - began >= options.within)
      return { cursor: answer.data.cursor, drainedUpTo: answer.data.drained_up_to };
  }
}

function unexpected(data: models.MailCameData, unwanted: string): MayflyError {
  if ((data.mail as unknown) === undefined) return new MayflyError(data.message, { code: data.error, status: 409 });
  return new UnexpectedMessage(unwanted, new Message(data.mail, data.cursor));
}
