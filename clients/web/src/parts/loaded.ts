/** What a screen reads from the server, as signals: the data, the failure, and whether it is being read. */

import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { isPassing } from "./problems.ts";
import { now } from "./time.tsx";

/** Milliseconds after which a reading is repeated when the server was busy or away. */
const AGAIN_AFTER = 5_000;
/** So many milliseconds after it began an attempt of a webhook has mostly ended. */
const MOSTLY_DONE_AFTER = 1_500;

export interface Loaded<T> {
  readonly data: ReadonlySignal<T | undefined>;
  readonly error: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  /** Read it again; what is there stays until it has come. */
  readonly reload: () => Promise<void>;
  /** Put a value in the place of what was read, after a change whose result is known. */
  readonly set: (value: T) => void;
}

/** Read something when a component appears and whenever `about` changes; the call is cancelled when it goes. */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>, about: readonly unknown[]): Loaded<T> {
  const loading = useMemo(() => new Loading(read), about);
  useEffect(() => {
    void loading.reload();
    return () => loading.end();
  }, [loading]);
  return loading;
}

/** Read again when something that is due at a moment (ISO 8601) has been done; without one, do nothing. */
export function useDue(at: string | undefined, reload: () => Promise<void>): void {
  useEffect(() => {
    if (at === undefined) return;
    const timer = setTimeout(() => void reload(), Math.max(0, Date.parse(at) - now.peek()) + MOSTLY_DONE_AFTER);
    return () => clearTimeout(timer);
  }, [at]);
}

/** One thing that is read, without a component. */
export class Loading<T> implements Loaded<T> {
  readonly data = signal<T | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly isLoading = signal(true);
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #running: AbortController | undefined;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  readonly reload = async (): Promise<void> => {
    if (this.#isOver) return;
    this.isLoading.value = true;
    await this.#attempt();
  };

  async #attempt(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      const data = await this.#read(running.signal);
      if (running.signal.aborted) return;
      this.data.value = data;
      this.error.value = undefined;
    } catch (error) {
      if (running.signal.aborted) return;
      this.error.value = error;
      // What was said of the failure stays until it is over.
      if (isPassing(error)) this.#timer = setTimeout(() => void this.#attempt(), error.retryAfter ?? AGAIN_AFTER);
    }
    this.isLoading.value = false;
  }

  readonly set = (value: T): void => {
    this.data.value = value;
    // What is on its way may be of the time before the change.
    if (this.isLoading.value) void this.reload();
  };

  /** Nobody looks any more: cancel the call, and make no other. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#running?.abort();
  }
}
