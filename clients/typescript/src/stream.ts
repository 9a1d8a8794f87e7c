/** The events of an inbox or an account as they happen: reconnects by cursor, so that none is missed and none comes twice. */

import { limit, onAbort, pause } from "./abort.js";
import type { Connection } from "./connection.js";
import type { Cursor } from "./criteria.js";
import { MayflyError, RateLimited, Unauthorized, Unavailable } from "./errors.js";
import * as operations from "./generated/operations.js";
import { pauseAfter } from "./retries.js";
import { FrameReader } from "./sse.js";
import type { Frame } from "./sse.js";
import type { Operation } from "./operation.js";
import type { Place } from "./waits.js";

/** The server says something every 15 seconds; this long a silence is a connection that nobody closed. */
const LONGEST_SILENCE = 45_000;
const MOST_FAILURES_AT_FIRST = 5;
/** The server asks for 3 s at most. */
const LONGEST_RETRY = 30_000;
const LAST = new Set(["expired", "deleted"]);

/** One thing that happened to an inbox, or to one of an account. */
export interface InboxEvent {
  /**
   * `connected`, once, first; `message`: a mail came; `reset`: some may be missing, so list the messages;
   * `expired` and `deleted`: the inbox has ended, and so has its stream; that of an account goes on. With `changes`
   * also `change`, whose `data.what` says what happened to the messages `data.ids`, and `inbox` for an account.
   */
  readonly type: "connected" | "message" | "reset" | "expired" | "deleted" | "change" | "inbox" | (string & {});
  /** Where to go on: `after` of a wait or of another stream. */
  readonly cursor: number | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of a mail; empty for other events. */
  readonly messageId: string;
  /** Of events of an account, and of changes; empty for others, and where any inbox is meant. */
  readonly inboxId: string;
  readonly subject: string;
  readonly from: string;
  readonly hasOtp: boolean;
}

export interface StreamOptions {
  /** Begin after this cursor; without it, with the next event. */
  readonly after?: Cursor | undefined;
  /**
   * Also tell what any client changes: `change` events. These are not repeated after a reconnection, so one of the
   * kind `anything` comes then: list again.
   */
  readonly changes?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when the connection is there, and when it is lost and being made again. */
  readonly onState?: ((state: "connected" | "reconnecting") => void) | undefined;
}

/** Which events to follow: of one inbox, or of all of an account. */
export interface Source {
  readonly place: Place | undefined;
  readonly operation: (query: { after: Cursor | undefined; changes: boolean | undefined }) => Operation<string>;
}

/** The events of one inbox. */
export function ofInbox(place: Place): Source {
  return { place, operation: (query) => operations.streamInbox(place.name, query) };
}

/** The events of all inboxes of an account. */
export const OF_ACCOUNT: Source = { place: undefined, operation: (query) => operations.streamAccount(query) };

/** Read it with `for await`; it ends after `expired` or `deleted`, when it is closed, or when the loop is left. */
export class EventStream implements AsyncIterableIterator<InboxEvent> {
  readonly #closing = new AbortController();
  readonly #events: AsyncGenerator<InboxEvent, void, void>;

  constructor(connection: Connection, source: Source, options: StreamOptions) {
    this.#events = new Following(connection, source, options, this.#closing).events();
  }

  next(): Promise<IteratorResult<InboxEvent, void>> {
    return this.#events.next();
  }

  async return(): Promise<IteratorResult<InboxEvent, void>> {
    this.close();
    return await this.#events.return();
  }

  /** End it at once, also while an event is awaited. */
  close(): void {
    this.#closing.abort();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

class Following {
  #cursor: Cursor | undefined;
  #isConnected = false;
  #failures = 0;
  #retry: number | undefined;

  constructor(
    readonly connection: Connection,
    readonly source: Source,
    readonly options: StreamOptions,
    readonly closing: AbortController,
  ) {
    this.#cursor = options.after;
  }

  async *events(): AsyncGenerator<InboxEvent, void, void> {
    const { signal } = this.options;
    const close = (): void => this.closing.abort();
    const leave = onAbort(signal, close);
    try {
      while (!this.closing.signal.aborted && !signal?.aborted) {
        const isOver = yield* this.#untilCut();
        if (isOver) return;
        await this.#recover();
      }
      signal?.throwIfAborted();
    } finally {
      leave();
      close();
    }
  }

  /** Yield the events of one connection; return whether they were the last ones. */
  async *#untilCut(): AsyncGenerator<InboxEvent, boolean, void> {
    try {
      for await (const frame of this.#frames()) {
        const isAgain = frame.event === "connected" && this.#isConnected;
        const isNew = this.#note(frame);
        if (isNew) yield eventOf(frame);
        if (isAgain && this.options.changes) yield this.#somethingChanged();
        if (LAST.has(frame.event) && this.source.place !== undefined) return true;
      }
    } catch (error) {
      if (this.closing.signal.aborted) return false;
      const isHopeless = !this.#isConnected && this.#failures >= MOST_FAILURES_AT_FIRST;
      if (!isPassing(error) || isHopeless) throw error;
      if (error instanceof MayflyError) this.#retry ??= pauseAfter(error, this.#failures);
      return false;
    }
    if (!this.#isConnected && this.#failures >= MOST_FAILURES_AT_FIRST)
      throw new Unavailable("the stream ended before an event came");
    return false;
  }

  /** Remember where the stream is; return whether the frame is an event for the caller. */
  #note(frame: Frame): boolean {
    if (frame.event === "refused")
      throw new Unauthorized("the key or session was revoked", { code: "refused", status: 401 });
    const isAgain = frame.event === "connected" && this.#isConnected;
    if (frame.event === "connected") this.options.onState?.("connected");
    this.#isConnected = true;
    this.#failures = 0;
    this.#cursor = cursorOf(frame) ?? this.#cursor;
    return frame.event !== "ping" && !isAgain;
  }

  /** What happened while the stream was cut. */
  #somethingChanged(): InboxEvent {
    const data = { inbox_id: null, what: "anything", ids: [], tags: [] };
    return { type: "change", cursor: undefined, data, messageId: "", inboxId: "", subject: "", from: "", hasOtp: false };
  }

  async *#frames(): AsyncGenerator<Frame, void, void> {
    const bound = limit(LONGEST_SILENCE, this.closing.signal);
    const operation = this.source.operation({ after: this.#cursor, changes: this.options.changes });
    try {
      const body = await this.connection.open(operation, bound.signal, this.source.place?.token);
      const [reader, decoder, frames] = [body.getReader(), new TextDecoder(), new FrameReader()];
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        bound.extend();
        yield* frames.feed(decoder.decode(read.value, { stream: true }));
        this.#retry = frames.retry;
      }
    } catch (error) {
      throw error instanceof MayflyError ? error : new Unavailable("the stream was cut", { cause: error });
    } finally {
      bound.abort(); // a stream that is left is not read to its end
    }
  }

  async #recover(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.options.onState?.("reconnecting");
    const span = Math.min(this.#retry ?? pauseAfter(new Unavailable("cut"), this.#failures) ?? 0, LONGEST_RETRY);
    this.#retry = undefined;
    this.#failures += 1;
    await pause(span, this.closing.signal).catch(() => undefined); // closing is no failure
  }
}

/** Whether another connection may go better: the server is busy, stopping or away. */
function isPassing(error: unknown): boolean {
  return error instanceof RateLimited || error instanceof Unavailable;
}

function cursorOf(frame: Frame): number | undefined {
  return frame.id === "" ? undefined : Number(frame.id);
}

function eventOf(frame: Frame): InboxEvent {
  const data = JSON.parse(frame.data) as Record<string, unknown>;
  const text = (name: string): string => (typeof data[name] === "string" ? data[name] : "");
  return {
    type: frame.event,
    cursor: cursorOf(frame),
    data,
    messageId: text("id"),
    inboxId: text("inbox_id"),
    subject: text("subject"),
    from: text("from"),
    hasOtp: data["has_otp"] === true,
  };
}
