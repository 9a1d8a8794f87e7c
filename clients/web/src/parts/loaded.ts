/** What a screen reads from the server, as signals: the data, the failure, and whether it is being read. */

import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

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

/** One thing that is read, without a component. */
export class Loading<T> implements Loaded<T> {
  readonly data = signal<T | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly isLoading = signal(true);
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #running: AbortController | undefined;
  #isOver = false;

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  readonly reload = async (): Promise<void> => {
    if (this.#isOver) return;
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.isLoading.value = true;
    try {
      const data = await this.#read(running.signal);
      if (running.signal.aborted) return;
      this.data.value = data;
      this.error.value = undefined;
    } catch (error) {
      if (running.signal.aborted) return;
      this.error.value = error;
    }
    this.isLoading.value = false;
  };

  readonly set = (value: T): void => {
    this.data.value = value;
    // What is on its way may be of the time before the change.
    if (this.isLoading.value) void this.reload();
  };

  /** Nobody looks any more: cancel the call, and make no other. */
  end(): void {
    this.#isOver = true;
    this.#running?.abort();
  }
}
