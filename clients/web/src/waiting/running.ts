/**
 * One wait while it runs. The real call waits at the server; beside it the event stream tells that a mail came, and then
 * a short call asks why that mail does not match, so that near misses are seen at once and nothing is polled.
 */

import { UnexpectedMessage, WaitTimeout } from "@mayfly-mail/client";
import type { Code, Inbox, Link, Message, NearMiss, NoMailProof } from "@mayfly-mail/client";
import { signal } from "@preact/signals";
import { criteriaOf } from "./wish.ts";
import type { Wish } from "./wish.ts";

export type Outcome =
  | { readonly kind: "code"; readonly code: Code; readonly message: Message }
  | { readonly kind: "link"; readonly link: Link; readonly message: Message }
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "none"; readonly proof: NoMailProof }
  | { readonly kind: "unexpected"; readonly message: Message }
  | { readonly kind: "timeout" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly error: unknown };

interface Place {
  readonly after: number | undefined;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** A mail that matches is found by the real call within this time; only then one asks why it does not. */
const GRACE = 400;
const MOST_NEAR_MISSES = 100;

export class Running {
  readonly startedAt = Date.now();
  readonly endedAt = signal<number | undefined>(undefined);
  readonly nearMisses = signal<readonly NearMiss[]>([]);
  readonly outcome = signal<Outcome | undefined>(undefined);
  readonly #ending = new AbortController();
  #cursor: number | undefined;
  #part: AbortController | undefined;
  #question = 0;
  #hasNews = false;

  constructor(
    readonly wish: Wish,
    readonly seconds: number,
    readonly inbox: Inbox,
  ) {}

  /** Wait until there is an outcome. */
  async run(): Promise<void> {
    try {
      this.#settle(await (this.wish.kind === "none" ? this.#proveNone() : this.#wait()));
    } catch (error) {
      this.#settle(this.#ending.signal.aborted ? { kind: "cancelled" } : { kind: "failed", error });
    }
  }

  /** Stop waiting. */
  cancel(): void {
    this.#settle({ kind: "cancelled" });
  }

  #settle(outcome: Outcome): void {
    if (this.outcome.peek() !== undefined) return;
    this.outcome.value = outcome;
    this.endedAt.value = Date.now();
    clearTimeout(this.#question);
    this.#ending.abort();
  }

  get #left(): number {
    return Math.max(0, this.startedAt + this.seconds * 1_000 - Date.now());
  }

  async #proveNone(): Promise<Outcome> {
    const { signal } = this.#ending;
    const after = this.wish.since === "now" ? await this.inbox.cursor({ signal }) : undefined;
    try {
      const proof = await this.inbox.waitForNone({ ...this.#criteria(), after, within: this.#left, signal });
      return { kind: "none", proof };
    } catch (error) {
      if (error instanceof UnexpectedMessage) return { kind: "unexpected", message: error.received };
      throw error;
    }
  }

  async #wait(): Promise<Outcome> {
    if (this.wish.since === "now") this.#cursor = await this.inbox.cursor({ signal: this.#ending.signal });
    // Without a cursor this looks at what is there, and says why it does not match.
    let found = this.#cursor === undefined ? await this.#ask(0) : undefined;
    if (found === undefined && this.#cursor !== undefined) void this.#listen(this.#cursor);
    while (found === undefined && this.#left > 0) {
      const isAsked = this.#hasNews;
      this.#hasNews = false;
      found = await this.#ask(isAsked ? 0 : undefined);
    }
    return found ?? { kind: "timeout" };
  }

  /** Ask once: for the time given, or for all that is left unless the stream interrupts. Undefined: nothing matched. */
  async #ask(timeout: number | undefined): Promise<Outcome | undefined> {
    const part = new AbortController();
    const leave = (): void => part.abort(this.#ending.signal.reason);
    this.#ending.signal.addEventListener("abort", leave);
    if (timeout === undefined) this.#part = part;
    try {
      return await this.#call({ after: this.#cursor, timeout: timeout ?? this.#left, signal: part.signal });
    } catch (error) {
      if (error instanceof WaitTimeout) return this.#missed(error);
      if (part.signal.aborted && !this.#ending.signal.aborted) return undefined;
      throw error;
    } finally {
      this.#part = undefined;
      this.#ending.signal.removeEventListener("abort", leave);
    }
  }

  async #call(place: Place): Promise<Outcome> {
    const options = { ...this.#criteria(), ...place };
    switch (this.wish.kind) {
      case "code": {
        const code = await this.inbox.waitForCode(options);
        return { kind: "code", code, message: code.message };
      }
      case "link": {
        const link = await this.inbox.waitForLink(this.wish.link || undefined, options);
        return { kind: "link", link, message: link.message };
      }
      default:
        return { kind: "message", message: await this.inbox.waitForMessage(options) };
    }
  }

  #missed({ cursor, nearMisses }: WaitTimeout): undefined {
    if (Number.isFinite(cursor)) this.#cursor = cursor;
    const known = this.nearMisses.peek();
    const fresh = nearMisses.filter((miss) => !known.some(({ id }) => id === miss.id));
    if (fresh.length > 0) this.nearMisses.value = [...fresh, ...known].slice(0, MOST_NEAR_MISSES);
  }

  /** Have the call interrupted shortly after each mail. Without a stream near misses come at the end. */
  async #listen(after: number): Promise<void> {
    const stream = this.inbox.stream({ after, signal: this.#ending.signal });
    try {
      for await (const event of stream) {
        if (event.type !== "message") continue;
        clearTimeout(this.#question);
        this.#question = window.setTimeout(() => {
          this.#hasNews = true;
          this.#part?.abort();
        }, GRACE);
      }
    } catch {
      return;
    }
  }

  #criteria() {
    const { has_otp, has_link, ...texts } = criteriaOf(this.wish);
    const { kind } = this.wish;
    return {
      ...texts,
      ...(has_otp === undefined || kind === "code" ? {} : { hasOtp: has_otp }),
      ...(has_link === undefined || kind === "link" ? {} : { hasLink: has_link }),
    };
  }
}
