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
  /** `again`: it is there once more, and what was changed meanwhile was told to nobody. */
  readonly onState: (state: "connected" | "again" | "reconnecting") => void;
}

/** Resolves when the stream has ended by itself; throws what another attempt does not mend. */
export async function follow(
  open: (options: Following) => AsyncIterable<InboxEvent>,
  { cursor, signal, onEvent, onState }: Follower,
): Promise<void> {
  let wasCut = false;
  const tell = (state: "connected" | "reconnecting"): void => {
    if (signal.aborted) return;
    onState(state === "connected" && wasCut ? "again" : state);
    wasCut = state === "reconnecting";
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
