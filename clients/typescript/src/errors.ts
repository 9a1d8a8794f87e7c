/**
 * What can go wrong, as classes.
 *
 *     MayflyError               everything below; `code`, `status`, `requestId`
 *       BadRequest              400, 413, 415: the call is wrong
 *       Unauthorized            401: no key, a wrong one, or one that was revoked
 *       Forbidden               403: the key may not do this
 *       NotFound                404: there is no such thing, or it is not yours
 *       Conflict                409: it is taken, or the first call with this key is still being processed
 *       Gone                    410: it has ended
 *       RateLimited             429: too many calls; `retryAfter` in milliseconds
 *         QuotaExceeded         429: the plan is used up
 *       Unavailable             503, or no answer at all
 *       WaitTimeout             no matching mail came in time; `nearMisses` says what did come
 *       UnexpectedMessage       mail came that should not have; `received`
 *       LinkNotFound            a mail has no such link, or several; `links`
 *       SignatureMismatch       a webhook was not signed with this secret
 */

import type { Criteria } from "./criteria.js";
import { seconds, shown } from "./text.js";
import type { Message, Link } from "./message.js";

export interface ErrorDetails {
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** Any failure of a call. `code` is stable, `status` is 0 when no HTTP answer tells it. */
export class MayflyError extends Error {
  static {
    this.prototype.name = "MayflyError";
  }
  readonly code: string;
  readonly status: number;
  /** The `X-Request-Id` to give to the operator; empty without an answer. */
  readonly requestId: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code ?? "";
    this.status = details.status ?? 0;
    this.requestId = details.requestId ?? "";
  }
}

export class BadRequest extends MayflyError {
  static {
    this.prototype.name = "BadRequest";
  }
}
export class Unauthorized extends MayflyError {
  static {
    this.prototype.name = "Unauthorized";
  }
}
export class Forbidden extends MayflyError {
  static {
    this.prototype.name = "Forbidden";
  }
}
export class NotFound extends MayflyError {
  static {
    this.prototype.name = "NotFound";
  }
}
export class Conflict extends MayflyError {
  static {
    this.prototype.name = "Conflict";
  }
}
export class Gone extends MayflyError {
  static {
    this.prototype.name = "Gone";
  }
}

/** Too many calls. */
export class RateLimited extends MayflyError {
  static {
    this.prototype.name = "RateLimited";
  }
  /** Milliseconds after which the server takes calls again, if it said so. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

export class QuotaExceeded extends RateLimited {
  static {
    this.prototype.name = "QuotaExceeded";
  }
}

/** The server cannot answer now, or cannot be reached. */
export class Unavailable extends MayflyError {
  static {
    this.prototype.name = "Unavailable";
  }
  readonly retryAfter: number | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

/** A mail that came while another was waited for, with the criteria that it failed. */
export interface NearMiss {
  readonly id: string;
  readonly subject: string;
  readonly failed: readonly string[];
}

/** A wait that ended without what it was for: `wanted`, in words. */
export interface WaitOutcome {
  readonly wanted: string;
  readonly criteria: Criteria;
  readonly waited: number;
  readonly cursor: number;
  readonly nearMisses: readonly NearMiss[];
  readonly found: readonly Message[];
}

/** No matching mail came in time. The message names what was waited for, then what came, one a line, newest first. */
export class WaitTimeout extends MayflyError {
  static {
    this.prototype.name = "WaitTimeout";
  }
  /** Where to go on: `after` of the next wait. */
  readonly cursor: number;
  readonly nearMisses: readonly NearMiss[];
  readonly criteria: Criteria;
  /** Milliseconds that were waited. */
  readonly waited: number;
  /** Of several mails that were waited for, those that came. */
  readonly found: readonly Message[];

  constructor(outcome: WaitOutcome) {
    const { wanted, waited, nearMisses } = outcome;
    const lines = nearMisses.map((miss) => `  came: ${shown(miss.subject)} (failed: ${miss.failed.join(", ")})`);
    super([`waited ${seconds(waited)} for ${wanted}`, ...(lines.length > 0 ? lines : ["  no mail came"])].join("\n"), {
      code: "wait_timeout",
      status: 408,
    });
    this.cursor = outcome.cursor;
    this.nearMisses = nearMisses;
    this.criteria = outcome.criteria;
    this.waited = waited;
    this.found = outcome.found;
  }
}

/** Mail came although none should have. */
export class UnexpectedMessage extends MayflyError {
  static {
    this.prototype.name = "UnexpectedMessage";
  }
  readonly received: Message;
  /** Its place. */
  readonly cursor: number | undefined;

  constructor(unwanted: string, received: Message) {
    const origin = `from ${shown(received.from)} at ${received.receivedAt.toISOString()}`;
    super(`expected no ${unwanted}\n  came: ${shown(received.subject)} ${origin}`, {
      code: "unexpected_message",
      status: 409,
    });
    this.received = received;
    this.cursor = received.cursor;
  }
}

/** A mail does not have exactly one link like that. The message lists those it has. */
export class LinkNotFound extends MayflyError {
  static {
    this.prototype.name = "LinkNotFound";
  }
  readonly links: readonly Link[];

  constructor(problem: string, links: readonly Link[]) {
    const lines = links.map((link) => `  ${link.kind}: ${shown(link.text)} ${shown(link.url)}`);
    super([problem, ...(lines.length > 0 ? lines : ["  it has no links"])].join("\n"), { code: "link_not_found" });
    this.links = links;
  }
}

/** A webhook that must not be trusted. */
export class SignatureMismatch extends MayflyError {
  static {
    this.prototype.name = "SignatureMismatch";
  }
}

/** Pass over that what is to be deleted has ended already, by the caller or by its time; throw any other error. */
export function unlessEnded(error: unknown): void {
  if (!(error instanceof NotFound || error instanceof Gone)) throw error;
}

type Kind = new (message: string, details: ErrorDetails) => MayflyError;

const KINDS: Readonly<Record<number, Kind>> = {
  400: BadRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Gone,
  413: BadRequest,
  415: BadRequest,
  429: RateLimited,
  502: Unavailable,
  503: Unavailable,
  504: Unavailable,
};

/** Return the error of an answer that is not 2xx. */
export function errorOf(status: number, headers: Headers, body: string): MayflyError {
  const { error, message } = fields(body);
  const details = {
    code: error,
    status,
    requestId: headers.get("x-request-id") ?? "",
    ...retryAfterOf(headers),
  };
  const kind = error === "quota_exceeded" ? QuotaExceeded : (KINDS[status] ?? MayflyError);
  return new kind(message || strange(status), details);
}

/** Something else than Mayfly may answer there, such as a proxy, or the port that speaks the API of Mailpit. */
function strange(status: number): string {
  const doubt = status < 500 ? ", and not as Mayfly does: is this the address of its API?" : "";
  return `the server answered ${status}${doubt}`;
}

function fields(body: string): { error: string; message: string } {
  try {
    const read = JSON.parse(body) as { error?: unknown; message?: unknown } | null;
    return { error: String(read?.error ?? ""), message: String(read?.message ?? "") };
  } catch {
    return { error: "", message: "" }; // a proxy's page; the status has to do
  }
}

function retryAfterOf(headers: Headers): { retryAfter?: number } {
  const value = headers.get("retry-after");
  if (value === null) return {};
  const span = /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(span) ? { retryAfter: Math.max(0, span) } : {};
}
