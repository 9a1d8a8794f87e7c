/** Which failures are tried again, after how long, and until when. */

import { QuotaExceeded, RateLimited, Unavailable } from "./errors.js";
import type { MayflyError } from "./errors.js";
import type { Operation } from "./operation.js";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 3_000;
const FIRST_CONTACT = 5_000;

/** Whether a repetition of the call can do no harm. A POST is safe under an Idempotency-Key alone. */
export function isRepeatable(operation: Operation<unknown>): boolean {
  return operation.method !== "POST" || operation.takesIdempotencyKey === true;
}

/** Return how long to wait before the next attempt, or undefined where another one cannot help. */
export function pauseAfter(error: MayflyError, attempt: number): number | undefined {
  if (!(error instanceof RateLimited || error instanceof Unavailable)) return undefined;
  if (error instanceof QuotaExceeded && error.retryAfter === undefined) return undefined;
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
  return Math.max(error.retryAfter ?? 0, longest * (0.5 + Math.random() / 2));
}

/** Whether a call that failed like this may have been carried out: not after a refusal before it began. */
export function mayBeDone(error: MayflyError): boolean {
  return error.status !== 429 && error.status !== 503;
}

/** Return how long a call may be repeated. A server that never answered at all is more likely not there than busy. */
export function patience(retryFor: number, error: MayflyError, wasReached: boolean): number {
  return wasReached || error.status !== 0 ? retryFor : Math.min(retryFor, FIRST_CONTACT);
}
