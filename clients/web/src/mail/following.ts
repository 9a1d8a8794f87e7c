/** Follows a stream of events for as long as it is wanted, however often it is cut. */

import type { InboxEvent } from "@mayfly-mail/client";
import { isPassing } from "../parts/problems.ts";
import type { Following } from "./source.ts";

const PAUSE_AFTER_FAILURE = 10_000;

interface Follower {
  /** Where to begin; undefined: with the next event. */
  readonly cursor: () => string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: InboxEvent) => void;
  /** `connected`, for the first time or again: what was changed before was told to nobody, only mail is made up for. */
  readonly onState: (state: "connected" | "reconnecting") => void;
}

/** Resolves when the stream has ended by itself; throws what another attempt does not mend. */
export async function follow(
  open: (options: Following) => AsyncIterable<InboxEvent>,
  { cursor, signal, onEvent, onState }: Follower,
): Promise<void> {
  const tell: Follower["onState"] = (state) => {
    if (!signal.aborted) onState(state);
  };
  while (!signal.aborted) {
    try {
      const events = open({ after: cursor() as number | undefined, changes: true, signal, onState: tell });
      for await (const event of events) onEvent(event);
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      tell("reconnecting");
      await paused(error.retryAfter ?? PAUSE_AFTER_FAILURE, signal);
    }
  }
}

/** Resolves after this time, or as soon as it is aborted. */
export async function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const timer = setTimeout(leave, milliseconds);
    signal.addEventListener("abort", leave);
  });
}
