/** Carries out operations by `fetch`: credentials, time limits, retries, and errors as classes. Every verb goes through it. */

import { limit, pause } from "./abort.js";
import { MayflyError, Unauthorized, Unavailable, errorOf } from "./errors.js";
import type { Operation } from "./operation.js";
import { isRepeatable, mayBeDone, patience, pauseAfter } from "./retries.js";

export interface Settings {
  readonly url: string;
  readonly key: string | undefined;
  readonly timeout: number;
  readonly retryFor: number;
  readonly fetch: typeof fetch;
}

/** An answer with what its headers say beside the data. */
export interface Answer<T> {
  readonly data: T;
  readonly status: number;
  readonly headers: Headers;
}

export interface CallOptions {
  /** Ends the call, retries included. */
  readonly signal?: AbortSignal | undefined;
  /** Repeat the call under a key of your own; without it each call that creates something gets a new one. */
  readonly idempotencyKey?: string | undefined;
}

export interface SendOptions extends CallOptions {
  /** An inbox's token, used where the client has no key. */
  readonly token?: string | undefined;
  /** Return these failures as answers. */
  readonly returns?: readonly number[];
  /** Milliseconds for all attempts together, instead of the client's. */
  readonly retryFor?: number;
}

const PAGE = 100; // the most that the API gives at once
const NO_KEY =
  "no API key: set MAYFLY_API_KEY (with `make run`: export MAYFLY_API_KEY=$(cat .mayfly/api-key)), " +
  "or use anonymousInbox(), which needs none";

export class Connection {
  readonly #settings: Settings;
  #wasReached = false;

  constructor(settings: Settings) {
    this.#settings = { ...settings, url: serverUrl(settings.url), key: credentials(settings.key, "apiKey") };
  }

  get url(): string {
    return this.#settings.url;
  }

  get timeout(): number {
    return this.#settings.timeout;
  }

  get hasKey(): boolean {
    return this.#settings.key !== undefined;
  }

  /** Throw the error that says how to get a key, where there is none. */
  requireKey(): void {
    if (!this.hasKey) throw new MayflyError(NO_KEY, { code: "no_key" });
  }

  /** Return a connection to the same server that uses no key. */
  withoutKey(): Connection {
    return new Connection({ ...this.#settings, key: undefined });
  }

  /** Return the items of as many pages as it takes: 50, or `limit`; null for all. */
  async pages<T>(
    operation: (page: { limit: number; cursor: string | undefined }) => Operation<T[]>,
    options: SendOptions & { readonly limit?: number | null | undefined },
  ): Promise<T[]> {
    const { limit: most = 50, ...rest } = options;
    const found: T[] = [];
    let cursor: string | undefined;
    do {
      const left = (most ?? Number.POSITIVE_INFINITY) - found.length;
      const page = await this.send(operation({ limit: Math.min(PAGE, left), cursor }), rest);
      found.push(...page.data);
      cursor = page.headers.get("x-next-cursor") ?? undefined;
    } while (cursor !== undefined && found.length < (most ?? Number.POSITIVE_INFINITY));
    return found;
  }

  /**
   * Carry out an operation and return its answer, retrying what may be retried. A function is asked before each attempt,
   * so that a wait which goes on after a failure asks for the rest of its time only.
   */
  async send<T>(what: Operation<T> | (() => Operation<T>), options: SendOptions = {}): Promise<Answer<T>> {
    const began = performance.now();
    const key = options.idempotencyKey ?? newKey();
    if (!/^[\x20-\x7e]{1,200}$/.test(key)) throw new TypeError("idempotencyKey: 1 to 200 characters of ASCII");
    let wasPerhapsDone = false;
    for (let attempt = 0; ; attempt += 1) {
      options.signal?.throwIfAborted();
      const operation = typeof what === "function" ? what() : what;
      try {
        return await this.#attempt(operation, key, options);
      } catch (error) {
        if (!(error instanceof MayflyError)) throw error;
        // An attempt may have deleted it, and its answer was lost.
        if (error.status === 404 && operation.method === "DELETE" && wasPerhapsDone) return deleted<T>(error.status);
        wasPerhapsDone ||= mayBeDone(error);
        const span = isRepeatable(operation) ? pauseAfter(error, attempt) : undefined;
        const longest = patience(options.retryFor ?? this.#settings.retryFor, error, this.#wasReached);
        if (span === undefined || performance.now() - began + span > longest) throw error;
        await pause(span, options.signal);
      }
    }
  }

  /** Open a stream and return its body. It is tried once: who reads it knows from where to go on. */
  async open(operation: Operation<unknown>, signal: AbortSignal, token?: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#fetch(operation, newKey(), signal, token).catch((error: unknown) => {
      throw error instanceof MayflyError
        ? error
        : new Unavailable(this.#unreachable(causeOf(error)), { code: "unreachable", cause: error });
    });
    if (!response.ok) throw errorOf(response.status, response.headers, await response.text());
    const type = response.headers.get("content-type") ?? "no media type";
    if (!/^text\/event-stream\s*(;|$)/i.test(type)) {
      await response.body?.cancel();
      const problem = `${this.url} answered ${response.status} with ${type} instead of events: is that a Mayfly?`;
      throw new MayflyError(problem, { status: response.status });
    }
    if (response.body === null) throw new Unavailable("the stream has no body");
    return response.body;
  }

  async #attempt<T>(operation: Operation<T>, key: string, options: SendOptions): Promise<Answer<T>> {
    const bound = limit(this.#settings.timeout + (operation.holds ?? 0), options.signal);
    try {
      const response = await this.#fetch(operation, key, bound.signal, options.token);
      const isWanted = response.ok || options.returns?.includes(response.status);
      if (!isWanted)
        throw this.#withAdvice(errorOf(response.status, response.headers, await response.text()), options.token);
      const data = await this.#read<T>(operation, response);
      return { data, status: response.status, headers: response.headers };
    } catch (error) {
      if (error instanceof MayflyError) throw error;
      if (options.signal?.aborted) throw options.signal.reason;
      const reason = bound.isOver() ? "it did not answer in time" : causeOf(error);
      throw new Unavailable(this.#unreachable(reason), { code: "unreachable", cause: error });
    } finally {
      bound.release();
    }
  }

  async #fetch(operation: Operation<unknown>, key: string, signal: AbortSignal, token?: string): Promise<Response> {
    const used = this.#settings.key ?? credentials(token, "token");
    const headers: Record<string, string> = { Accept: operation.answer === "events" ? "text/event-stream" : "*/*" };
    if (used !== undefined) headers["Authorization"] = `Bearer ${used}`;
    if (operation.contentType !== undefined) headers["Content-Type"] = operation.contentType;
    if (operation.takesIdempotencyKey) headers["Idempotency-Key"] = key;
    const response = await this.#settings.fetch(this.#settings.url + operation.target, {
      method: operation.method,
      headers,
      body: (operation.body ?? null) as BodyInit | null,
      signal,
      redirect: "manual", // followed, a POST would become a GET
      credentials: "omit",
      cache: "no-store",
    });
    this.#wasReached = true;
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      throw new MayflyError(`${this.url} redirects ${whither(response)}; set url to where the API is`, {
        status: response.status,
      });
    }
    return response;
  }

  async #read<T>(operation: Operation<T>, response: Response): Promise<T> {
    if (response.ok && operation.answer === "octets") return new Uint8Array(await response.arrayBuffer()) as T;
    const text = await response.text();
    if (response.status === 204 || operation.answer === "nothing") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      const type = response.headers.get("content-type") ?? "no media type";
      const problem = `${this.url} answered ${response.status} with ${type} instead of JSON: is that a Mayfly?`;
      throw new MayflyError(problem, { status: response.status, cause: error });
    }
  }

  #withAdvice(error: MayflyError, token: string | undefined): MayflyError {
    if (!(error instanceof Unauthorized) || this.hasKey || token) return error;
    return new Unauthorized(`${error.message}; there is ${NO_KEY}`, error);
  }

  #unreachable(reason: string): string {
    if (this.#wasReached) return `no answer from ${this.url}: ${reason}`;
    return `no Mayfly at ${this.url}: ${reason}; start it with \`make run\`, or set MAYFLY_URL or url`;
  }
}

function deleted<T>(status: number): Answer<T> {
  return { data: undefined as T, status, headers: new Headers() };
}

/** Return a random UUID; `crypto.randomUUID` itself is absent from pages that were not loaded by https. */
function newKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40;
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80;
  const digits = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("url: write the whole address of the server, such as http://127.0.0.1:8080");
  }
  if (url.username !== "" || url.password !== "") throw new TypeError("url: it must not contain credentials");
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, ""); // `make run` prints it with that path
}

/** Return credentials that fit into a header. `fetch` would show others in its error. */
function credentials(text: string | undefined, option: string): string | undefined {
  const trimmed = text?.trim();
  if (!trimmed) return undefined;
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new TypeError(`${option}: it has characters that no key has`);
  return trimmed;
}

function whither(response: Response): string {
  const location = response.headers.get("location");
  return location === null ? "elsewhere" : `to ${location.split("?")[0]}`;
}

/** Return what happened to the connection, which `fetch` hides in its causes. */
function causeOf(error: unknown): string {
  const causes: string[] = [];
  for (let each: unknown = error; each instanceof Error && causes.length < 4; each = each.cause) {
    const { code } = each as { code?: unknown };
    causes.push(each.message || (typeof code === "string" ? code : each.name));
  }
  return causes.join(": ") || String(error);
}
