/** The client of Mayfly, disposable inboxes of your own, for Node 20 and newer and for browsers. */

export { Mayfly } from "./mayfly.js";
export type { AccountListOptions, AccountMessages, InboxOptions, MayflyOptions } from "./mayfly.js";
export { Faults, Inbox } from "./inbox.js";
export type { ListOptions } from "./inbox.js";
export { Space } from "./space.js";
export type { SmtpLogin, SpaceSettings } from "./space.js";
export { Code, Link, Message } from "./message.js";
export type { LinkWish, Page } from "./message.js";
export type { Messagelike } from "./messages.js";
export { EventStream } from "./stream.js";
export type { InboxEvent, StreamOptions } from "./stream.js";
export type { Criteria, Cursor, Pattern, WaitOptions } from "./criteria.js";
export type { NoMailProof } from "./waits.js";
export type { NewAttachment, NewMail } from "./injection.js";
export type { Answer, CallOptions } from "./connection.js";
export type { Content, Operation } from "./operation.js";
export type { Duration } from "./text.js";
export { Webhooks } from "./webhooks.js";
export type { ReplaySpan, WebhookSettings } from "./webhooks.js";
export { verifyWebhook } from "./signatures.js";
export type { GivenHeaders, VerifyOptions, WebhookEvent } from "./signatures.js";
export { faultPlan as parseFaultPlan } from "./faults.js";
export {
  BadRequest,
  Conflict,
  Forbidden,
  Gone,
  LinkNotFound,
  MayflyError,
  NotFound,
  QuotaExceeded,
  RateLimited,
  SignatureMismatch,
  Unauthorized,
  Unavailable,
  UnexpectedMessage,
  WaitTimeout,
} from "./errors.js";
export type { NearMiss } from "./errors.js";
export type * as models from "./generated/models.js";
