/** Something that a button does: it is busy meanwhile, and its failure is shown where it was asked for. */

import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";

export interface Action<A extends unknown[]> {
  readonly isBusy: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<unknown>;
  /** Do it, unless it is being done; resolves to whether it went well. */
  readonly run: (...given: A) => Promise<boolean>;
}

export function useAction<A extends unknown[]>(work: (...given: A) => Promise<unknown>): Action<A> {
  const state = useMemo(() => ({ isBusy: signal(false), error: signal<unknown>(undefined) }), []);
  const run = async (...given: A): Promise<boolean> => {
    if (state.isBusy.value) return false;
    state.isBusy.value = true;
    state.error.value = undefined;
    try {
      await work(...given);
      return true;
    } catch (error) {
      state.error.value = error;
      return false;
    } finally {
      state.isBusy.value = false;
    }
  };
  return { ...state, run };
}
