/** Lists that the server gives page by page, as signals: what has been read so far, and whether there is more. */

import type { Answer } from "@mayfly-mail/client";
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

type Read<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<Answer<readonly T[]>>;

/** Read the first page when a component appears and whenever `about` changes. */
export function usePages<T>(read: Read<T>, about: readonly unknown[]): Pages<T> {
  const pages = useMemo(() => new Pages(read), about);
  useEffect(() => {
    void pages.reload();
    return () => pages.end();
  }, [pages]);
  return pages;
}

export class Pages<T> {
  readonly items = signal<readonly T[]>([]);
  readonly error = signal<unknown>(undefined);
  readonly isLoading = signal(true);
  readonly hasMore = signal(false);
  readonly #read: Read<T>;
  #cursor: string | undefined;
  #isFirst = true;
  #running = new AbortController();
  #isOver = false;

  constructor(read: Read<T>) {
    this.#read = read;
  }

  /** Read the first page again; what is there stays until it has come. */
  readonly reload = async (): Promise<void> => {
    await this.#load(undefined, () => []);
  };

  /** Read the next page. */
  readonly more = async (): Promise<void> => {
    if (!this.isLoading.value && this.hasMore.value) await this.#load(this.#cursor, () => this.items.value);
  };

  /** Put a list in the place of what was read, after a change whose result is known. */
  set(items: readonly T[]): void {
    this.items.value = items;
    // A first page that is on its way may be of the time before the change.
    if (this.isLoading.value && this.#isFirst) void this.reload();
  }

  /** Nobody looks any more: cancel the call, and make no other. */
  end(): void {
    this.#isOver = true;
    this.#running.abort();
  }

  async #load(cursor: string | undefined, before: () => readonly T[]): Promise<void> {
    if (this.#isOver) return;
    this.#running.abort();
    const running = new AbortController();
    this.#running = running;
    this.#isFirst = cursor === undefined;
    this.isLoading.value = true;
    try {
      const page = await this.#read(cursor, running.signal);
      if (running.signal.aborted) return;
      this.items.value = [...before(), ...page.data];
      this.#cursor = page.headers.get("x-next-cursor") ?? undefined;
      this.hasMore.value = this.#cursor !== undefined;
      this.error.value = undefined;
    } catch (error) {
      if (running.signal.aborted) return;
      this.error.value = error;
    }
    this.isLoading.value = false;
  }
}
