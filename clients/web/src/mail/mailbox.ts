/**
 * The messages of an inbox or an account as a live list, without any screen. It is read once and then follows the event
 * stream from the cursor of that reading, so nothing is missed and nothing is polled for.
 */

import { BadRequest, Gone, NotFound, Unauthorized } from "@mayfly-mail/client";
import type { InboxEvent } from "@mayfly-mail/client";
import { batch, computed, signal } from "@preact/signals";
import { announced, changeOf, changed, isUnclear, merged } from "./entry.ts";
import type { Change, Entry } from "./entry.ts";
import { isPassing, problemOf } from "../parts/problems.ts";
import { follow } from "./following.ts";
import { paceOf } from "./pace.ts";
import type { Source } from "./source.ts";

/**
 * `ended`: the inbox is gone. `refused`: the credentials do not work any more. `failed`: something that another attempt
 * does not mend by itself.
 */
export type State = "connecting" | "live" | "reconnecting" | "ended" | "refused" | "failed";

const FIRST_PAGE = 50;
const PAGE = 100;
const LEAST_PAGE = 20;
/** Beyond so many pages of new or known mail, the list begins anew. */
const MOST_PAGES = 10;
/** Calls are so scarce that new mail is shown by its announcement first. */
const SLOW = 1_000;
const PAUSE_AFTER_FAILURE = 10_000;

export class Mailbox {
  readonly entries = signal<readonly Entry[]>([]);
  /** Ids of messages that were deleted since the list was opened, by whomever. */
  readonly gone = signal<ReadonlySet<string>>(new Set());
  readonly state = signal<State>("connecting");
  /** Whether the first page, or that of another search, is being read. */
  readonly isLoading = signal(true);
  readonly isLoadingMore = signal(false);
  readonly hasMore = signal(false);
  /** Why the last reading failed; undefined if it did not. */
  readonly error = signal<unknown>(undefined);
  /** What is wrong with the search; "" for nothing. */
  readonly problem = signal("");
  /** The search that is shown. */
  readonly q = signal("");
  /** How the inbox ended: "expired", "deleted", or "" if nobody said. */
  readonly ending = signal("");
  readonly unread = computed(() => this.entries.value.filter((entry) => !entry.is_read).length);
  /** Called with each mail that is announced. */
  onMail: (event: InboxEvent) => void = () => undefined;

  readonly #source: Source;
  readonly #ending = new AbortController();
  #older: string | undefined;
  #cursor: string | undefined;
  #queue: Promise<void> = Promise.resolve();
  #readings = 0;
  #reloading: ReturnType<typeof setTimeout> | undefined;
  #missed: Change[] = [];
  #announced = new Map<string, InboxEvent>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pace = 0;
  #lastReading = Number.NEGATIVE_INFINITY;

  constructor(source: Source, q = "") {
    this.#source = source;
    this.q.value = q;
  }

  /** Read the first page and follow, until `stop`. */
  async start(): Promise<void> {
    this.state.value = "connecting";
    this.error.value = undefined;
    this.isLoading.value = true;
    try {
      await Promise.all([this.#source.open(this.#ending.signal), this.#begin()]);
      void this.#follow();
    } catch (error) {
      this.#giveUp(error);
    }
    this.isLoading.value = false;
  }

  stop(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#reloading);
  }

  /** Show what another search finds. */
  async search(q: string): Promise<void> {
    if (q === this.q.value) return;
    this.q.value = q;
    this.isLoading.value = true;
    await this.#begin().catch((error: unknown) => this.#fail(error));
    if (this.q.value === q) this.isLoading.value = false;
  }

  /** Read the next older page. */
  async more(): Promise<void> {
    if (this.isLoadingMore.value || !this.hasMore.value) return;
    this.isLoadingMore.value = true;
    await this.#read(async () => {
      if (!this.hasMore.value) return;
      const page = await this.#page(PAGE, this.#older);
      this.#take(merged(this.entries.value, page.data), page.headers);
    }).catch((error: unknown) => this.#fail(error));
    this.isLoadingMore.value = false;
  }

  /** Read again what is shown. */
  async reload(): Promise<void> {
    await this.#read(async () => this.#again()).catch((error: unknown) => this.#fail(error));
  }

  /** Show a change whose result is known, also where no event tells of it. */
  apply(change: Change): void {
    if (this.#readings > 0) this.#missed.push(change);
    const before = this.entries.value;
    this.entries.value = changed(before, change);
    if (change.what === "deleted") this.#noteGone(change.ids);
    if (change.what === "emptied") {
      const left = new Set(this.entries.value);
      this.#noteGone(before.filter((entry) => !left.has(entry)).map((entry) => entry.id));
    }
  }

  #noteGone(ids: readonly string[]): void {
    if (ids.length > 0) this.gone.value = new Set([...this.gone.value, ...ids]);
  }

  async #begin(): Promise<void> {
    const { q } = this;
    const wanted = q.value;
    await this.#read(async () => {
      if (wanted !== q.value) return;
      try {
        const page = await this.#page(FIRST_PAGE);
        if (wanted !== q.value) return;
        this.#cursor ??= page.headers.get("x-cursor") ?? undefined;
        this.problem.value = "";
        this.#take(page.data, page.headers);
      } catch (error) {
        if (!(error instanceof BadRequest) || wanted === "") throw error;
        // A wrong search finds nothing; the stream goes on from here all the same.
        this.problem.value = problemOf(error, "q") || error.message;
        this.#take([], new Headers());
      }
    });
  }

  async #again(): Promise<void> {
    const wanted = this.q.value;
    const count = Math.min(Math.max(FIRST_PAGE, this.entries.value.length), PAGE * MOST_PAGES);
    let found: readonly Entry[] = [];
    let headers = new Headers();
    do {
      const page = await this.#page(Math.min(PAGE, count - found.length), headers.get("x-next-cursor") ?? undefined);
      found = [...found, ...page.data];
      headers = page.headers;
    } while (headers.has("x-next-cursor") && found.length < count);
    if (wanted === this.q.value) this.#take(found, headers);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    const follower = {
      cursor: () => this.#cursor,
      signal,
      onEvent: (event: InboxEvent) => this.#note(event),
      onState: (state: "connected" | "reconnecting") => {
        if (state === "connected" && this.entries.value.length > 0) this.#reloadSoon();
        this.state.value = state === "connected" ? "live" : state;
      },
    };
    await follow((options) => this.#source.follow(options), follower).catch((error: unknown) => this.#giveUp(error));
  }

  #isFollowing(): boolean {
    return !["ended", "refused", "failed"].includes(this.state.value);
  }

  #note(event: InboxEvent): void {
    if (event.cursor !== undefined) this.#cursor = String(event.cursor);
    switch (event.type) {
      case "message":
        this.#expect(event);
        return;
      case "change":
        return this.#noteChange(changeOf(event.data));
      case "reset":
        return this.#reloadSoon();
      case "expired":
      case "deleted":
        return this.#noteEnd(event);
    }
  }

  #noteChange(change: Change): void {
    this.apply(change);
    if (isUnclear(change)) this.#reloadSoon();
  }

  #noteEnd(event: InboxEvent): void {
    const { inbox_id } = event.data;
    if (typeof inbox_id === "string" && this.#source.inbox.peek() === undefined) {
      this.apply({ what: "emptied", inboxId: inbox_id, ids: [], tags: [] });
      return;
    }
    this.ending.value = event.type;
    this.state.value = "ended";
  }

  #expect(event: InboxEvent): void {
    this.onMail(event);
    this.#announced.set(event.messageId, event);
    if (this.#pace > SLOW) this.#showAnnounced();
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#catchUp();
    }, this.#wait());
  }

  #reloadSoon(): void {
    this.#reloading ??= setTimeout(() => {
      this.#reloading = undefined;
      void this.reload();
    }, this.#wait());
  }

  /** Milliseconds until the next call that nobody asked for. */
  #wait(): number {
    return Math.max(0, this.#lastReading + this.#pace - performance.now());
  }

  /** Read from the newest page down to the oldest mail that was announced since the last time. */
  async #catchUp(): Promise<void> {
    let waiting = this.#announced;
    try {
      await this.#read(async () => {
        waiting = this.#takeAnnounced();
        if (waiting.size > 0) await this.#newest(waiting);
      });
    } catch (error) {
      this.#announced = new Map([...waiting, ...this.#announced]);
      this.#showAnnounced();
      this.#fail(error);
      if (!isPassing(error)) return;
      this.#pace = Math.max(PAUSE_AFTER_FAILURE, error.retryAfter ?? 0);
      this.#schedule();
    }
  }

  /** Return what was announced and is not in the list yet, as mail that was read with other mail is. */
  #takeAnnounced(): Map<string, InboxEvent> {
    const there = new Set(this.entries.value.filter((entry) => !entry.isPartial).map((entry) => entry.id));
    const waiting = new Map([...this.#announced].filter(([id]) => !there.has(id)));
    this.#announced = new Map();
    return waiting;
  }

  async #newest(waiting: ReadonlyMap<string, InboxEvent>): Promise<void> {
    const wanted = this.q.value;
    const oldest = [...waiting.keys()].reduce((least, id) => (id < least ? id : least));
    let found: readonly Entry[] = [];
    let headers = new Headers();
    let isGap = false;
    // Mail is announced as it is stored, which is not quite the order in which it came.
    const limit = Math.min(PAGE, Math.max(LEAST_PAGE, 2 * waiting.size));
    for (let pages = 1; ; pages += 1) {
      const page = await this.#page(limit, headers.get("x-next-cursor") ?? undefined);
      found = [...found, ...page.data];
      headers = page.headers;
      if (!headers.has("x-next-cursor") || (found.at(-1)?.id ?? "") <= oldest) break;
      isGap = pages === MOST_PAGES;
      if (isGap) break;
    }
    if (wanted !== this.q.value) return;
    if (isGap) this.#take(found, headers);
    else this.#show(merged(found, this.entries.value));
  }

  #showAnnounced(): void {
    if (this.q.value !== "") return;
    const partial = [...this.#announced.values()].map((event) => announced(event, Date.now()));
    this.#show(merged(partial, this.entries.value));
  }

  async #page(limit: number, cursor?: string) {
    const page = await this.#source.read({ q: this.q.value, limit, cursor }, this.#ending.signal);
    this.#pace = paceOf(page.headers);
    return page;
  }

  /** One reading after the other; what is changed during one is applied to its result. */
  async #read(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(async () => {
      this.#readings += 1;
      try {
        await work();
        this.error.value = undefined;
      } finally {
        this.#readings -= 1;
        this.#missed = [];
        this.#lastReading = performance.now();
      }
    });
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  #take(found: readonly Entry[], headers: Headers): void {
    batch(() => {
      this.#older = headers.get("x-next-cursor") ?? undefined;
      this.hasMore.value = this.#older !== undefined;
      this.#show(found);
    });
  }

  #show(found: readonly Entry[]): void {
    this.entries.value = this.#missed.reduce(changed, found);
  }

  /** Say what went wrong; the list and what it follows stay, unless they ended with it. */
  #fail(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.error.value = error;
    const hadInbox = this.#source.inbox.peek() !== undefined;
    if (error instanceof Unauthorized) this.#refuse();
    else if (hadInbox && (error instanceof NotFound || error instanceof Gone)) this.state.value = "ended";
  }

  #giveUp(error: unknown): void {
    this.#fail(error);
    if (this.#isFollowing()) this.state.value = "failed";
  }

  #refuse(): void {
    batch(() => {
      this.state.value = "refused";
      this.entries.value = [];
      this.hasMore.value = false;
    });
    this.stop();
  }
}
