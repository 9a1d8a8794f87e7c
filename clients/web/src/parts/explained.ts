/** Says what a failure means to the person at the page, and what to do about it. Pure. */

import {
  Conflict,
  Forbidden,
  Gone,
  MayflyError,
  NotFound,
  QuotaExceeded,
  RateLimited,
  Unauthorized,
  Unavailable,
} from "@mayfly-mail/client";
import { needOf } from "./needs.ts";
import { sentence } from "./problems.ts";

export interface Explanation {
  readonly problem: string;
  readonly advice: string;
}

/** Explain anything that was thrown. */
export function explained(error: unknown): Explanation {
  const said = error instanceof Error ? error.message : String(error);
  if (!(error instanceof MayflyError)) return { problem: "The page has a fault.", advice: said };
  return { problem: sentence(said), advice: adviceOf(error) };
}

function adviceOf(error: MayflyError): string {
  if (error instanceof Unauthorized)
    return "It was not done, because the key or session did not work any more. Sign in, and do it again.";
  if (error instanceof QuotaExceeded) return "The plan is used up: see Account, Usage.";
  if (error instanceof RateLimited) {
    return error.retryAfter === undefined
      ? "Try again later."
      : `Try again in ${Math.ceil(error.retryAfter / 1000)} s.`;
  }
  if (error instanceof Forbidden) return needOf(error);
  if (error instanceof NotFound || error instanceof Gone)
    return "It has expired, was deleted, or belongs to somebody else.";
  if (error instanceof Conflict) return "Choose another name, or try again.";
  if (error instanceof Unavailable)
    return "The server is away or busy. Try again in a moment; live lists go on by themselves.";
  return error.requestId ? `If it stays so, give the operator this number: ${error.requestId}` : "";
}
