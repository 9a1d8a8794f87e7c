/** Which messages are chosen for what is done to several. */

import { signal } from "@preact/signals";

export class Selection {
  readonly ids = signal<ReadonlySet<string>>(new Set());
  #anchor: string | undefined;

  /** Choose or let go of one; the next range begins here. */
  toggle(id: string): void {
    const chosen = new Set(this.ids.value);
    if (!chosen.delete(id)) chosen.add(id);
    this.#anchor = id;
    this.ids.value = chosen;
  }

  /** Choose all between the last one that was chosen and this one, both included. */
  reach(id: string, all: readonly string[]): void {
    const [start, end] = [all.indexOf(this.#anchor ?? id), all.indexOf(id)].sort((one, other) => one - other);
    if (start === undefined || end === undefined || start < 0) return this.toggle(id);
    this.ids.value = new Set([...this.ids.value, ...all.slice(start, end + 1)]);
  }

  choose(ids: readonly string[]): void {
    this.ids.value = new Set(ids);
  }

  clear(): void {
    if (this.ids.value.size > 0) this.ids.value = new Set();
    this.#anchor = undefined;
  }

  /** Let go of what is not there any more. */
  keep(isThere: (id: string) => boolean): void {
    const left = [...this.ids.value].filter(isThere);
    if (left.length < this.ids.value.size) this.ids.value = new Set(left);
  }
}
