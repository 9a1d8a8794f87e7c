/** Ends what takes too long or was aborted, and leaves no listener behind on a signal that outlives the call. */

const LONGEST_TIMER = 2 ** 31 - 1; // a longer one would end at once

/** A signal that aborts with another one or after a time; `release` has to be called. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Whether the time was up (and not the caller's signal aborted). */
  isOver(): boolean;
  /** Start the time anew. */
  extend(): void;
  /** End what runs under it. */
  abort(): void;
  release(): void;
}

/** Return a limit of so many milliseconds on top of the caller's signal. */
export function limit(span: number, outer: AbortSignal | undefined): Limit {
  const controller = new AbortController();
  const longest = Math.min(span, LONGEST_TIMER);
  let over = false;
  const end = (): void => {
    over = true;
    controller.abort(new DOMException("the time is up", "TimeoutError"));
  };
  let timer = setTimeout(end, longest);
  const leave = onAbort(outer, () => {
    clearTimeout(timer);
    controller.abort(outer?.reason);
  });
  const release = (): void => {
    clearTimeout(timer);
    leave();
  };
  return {
    signal: controller.signal,
    isOver: () => over,
    extend: () => {
      clearTimeout(timer);
      if (!controller.signal.aborted) timer = setTimeout(end, longest);
    },
    abort: () => {
      release();
      controller.abort();
    },
    release,
  };
}

/** Resolve after so many milliseconds; rejects with the signal's reason when that aborts. */
export function pause(span: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        leave();
        resolve();
      },
      Math.min(span, LONGEST_TIMER),
    );
    const leave = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal?.reason);
    });
  });
}

/** Those who wait for a signal, and how to stop listening to it. */
interface Audience {
  readonly callbacks: Set<() => void>;
  leave(): void;
}

const audiences = new WeakMap<AbortSignal, Audience>();

/**
 * Call back when the signal aborts, or at once if it has; the function that is returned ends that. However many calls run
 * under a signal, it has one listener: at eleven, Node warns of a leak.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const { callbacks, leave } = audiences.get(signal) ?? audienceOf(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) leave();
  };
}

function audienceOf(signal: AbortSignal): Audience {
  const callbacks = new Set<() => void>();
  const tell = (): void => [...callbacks].forEach((callback) => callback());
  const leave = (): void => {
    signal.removeEventListener("abort", tell);
    if (audiences.get(signal) === audience) audiences.delete(signal);
  };
  const audience = { callbacks, leave };
  audiences.set(signal, audience);
  signal.addEventListener("abort", tell, { once: true });
  return audience;
}
