/** The calls of the API. Generated from docs/openapi.json by `make clients`. */

import { operation, path } from "../operation.js";
import type { Content, Operation } from "../operation.js";
import type * as models from "./models.js";

/** Get where documentation, health and SMTP are, and what can be done without a key; browsers get the web page. */
export function discover(): Operation<models.Discovery> {
  return operation("discover", "GET", "/");
}

/** Get your account. */
export function getAccount(): Operation<models.AccountData> {
  return operation("get_account", "GET", "/api/v1/account");
}

/** What `changeAccount` sends. */
export interface ChangeAccountBody {
  current_password?: string | null | undefined;
  email?: string | null | undefined;
  password?: string | null | undefined;
}

/**
 * Change the e-mail address or the password of your account.
 *
 * A new password ends all other sessions at once; the one that makes this call goes on. API keys keep working.
 */
export function changeAccount(json: ChangeAccountBody = {}): Operation<models.AccountData> {
  return operation("change_account", "PATCH", "/api/v1/account", { json });
}

/** The query of `listAccounts`. */
export interface ListAccountsQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List all accounts, newest first. */
export function listAccounts(query: ListAccountsQuery = {}): Operation<models.AccountsData> {
  return operation("list_accounts", "GET", "/api/v1/admin/accounts", { query });
}

/** What `createAccount` sends. */
export interface CreateAccountBody {
  email: string;
  /** Default: free */
  plan?: string | undefined;
}

/** Create an account and its first API key. */
export function createAccount(json: CreateAccountBody): Operation<models.NewAccount> {
  return operation("create_account", "POST", "/api/v1/admin/accounts", { json });
}

/** What `changeAccountByOperator` sends. */
export interface ChangeAccountByOperatorBody {
  plan?: string | null | undefined;
  suspended?: boolean | null | undefined;
}

/** Change the plan of an account, suspend it (its sessions end) or reinstate it. */
export function changeAccountByOperator(accountId: string, json: ChangeAccountByOperatorBody = {}): Operation<models.AdminAccountData> {
  return operation("change_account_by_operator", "PATCH", path`/api/v1/admin/accounts/${accountId}`, { json });
}

/** List the API keys of an account, newest first, including revoked ones. */
export function listAccountKeys(accountId: string): Operation<models.ApiKeyData[]> {
  return operation("list_account_keys", "GET", path`/api/v1/admin/accounts/${accountId}/api-keys`);
}

/** Create another API key for an account, for example after its owner lost the first. */
export function createAccountKey(accountId: string): Operation<models.NewKeyText> {
  return operation("create_account_key", "POST", path`/api/v1/admin/accounts/${accountId}/api-keys`);
}

/** Revoke an API key of an account. */
export function revokeAccountKey(accountId: string, keyId: string): Operation<void> {
  return operation("revoke_account_key", "DELETE", path`/api/v1/admin/accounts/${accountId}/api-keys/${keyId}`, { answer: "nothing" });
}

/** The query of `getAnalytics`. */
export interface GetAnalyticsQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** Get the usage of each account (calls, rejections, inboxes, messages, octets) and of all by day. */
export function getAnalytics(query: GetAnalyticsQuery = {}): Operation<models.AnalyticsData> {
  return operation("get_analytics", "GET", "/api/v1/admin/analytics", { query });
}

/** Get the time of a test installation; 404 on other installations. */
export function getClock(): Operation<models.ClockData> {
  return operation("get_clock", "GET", "/api/v1/admin/clock");
}

/** What `advanceClock` sends. */
export interface AdvanceClockBody {
  advance_seconds: number;
}

/** Advance the clock of a test installation; it cannot be set back. 404 on other installations. */
export function advanceClock(json: AdvanceClockBody): Operation<models.ClockData> {
  return operation("advance_clock", "PUT", "/api/v1/admin/clock", { json });
}

/** List the consumers of the broker with what waits for them, and its streams with what they hold. */
export function listConsumers(): Operation<models.Depths> {
  return operation("list_consumers", "GET", "/api/v1/admin/consumers");
}

/** The query of `listDeadLetters`. */
export interface ListDeadLettersQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List dead letters (events that could not be processed), oldest first. */
export function listDeadLetters(query: ListDeadLettersQuery = {}): Operation<models.LettersData> {
  return operation("list_dead_letters", "GET", "/api/v1/admin/dead-letters", { query });
}

/** Get a dead letter, with the SMTP envelope if the event is a mail. */
export function getDeadLetter(letterId: number): Operation<models.LetterDetail> {
  return operation("get_dead_letter", "GET", path`/api/v1/admin/dead-letters/${letterId}`);
}

/** Delete a dead letter permanently; its event is lost. */
export function discardDeadLetter(letterId: number): Operation<void> {
  return operation("discard_dead_letter", "DELETE", path`/api/v1/admin/dead-letters/${letterId}`, { answer: "nothing" });
}

/** Publish the event of a dead letter again. */
export function replayDeadLetter(letterId: number): Operation<void> {
  return operation("replay_dead_letter", "POST", path`/api/v1/admin/dead-letters/${letterId}/replay`, { answer: "nothing" });
}

/** The query of `listAllDomains`. */
export interface ListAllDomainsQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List all domains that Mayfly knows, public ones and those of accounts, in the order of their names. */
export function listAllDomains(query: ListAllDomainsQuery = {}): Operation<models.DomainsOfAllData> {
  return operation("list_all_domains", "GET", "/api/v1/admin/domains", { query });
}

/** What `setDomainTier` sends. */
export interface SetDomainTierBody {
  tier_required: number;
}

/** Set the lowest plan tier that may create inboxes on a public domain. */
export function setDomainTier(name: string, json: SetDomainTierBody): Operation<models.TierData> {
  return operation("set_domain_tier", "PUT", path`/api/v1/admin/domains/${name}`, { json });
}

/** The query of `listOperatorMail`. */
export interface ListOperatorMailQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List mail for postmaster and abuse of the public domains, newest first. The oldest is deleted by itself. */
export function listOperatorMail(query: ListOperatorMailQuery = {}): Operation<models.OperatorMailEntry[]> {
  return operation("list_operator_mail", "GET", "/api/v1/admin/mail", { query });
}

/** Get a mail to postmaster or abuse, with its bodies and the address it was sent to. */
export function getOperatorMail(messageId: string): Operation<models.MessageData> {
  return operation("get_operator_mail", "GET", path`/api/v1/admin/mail/${messageId}`);
}

/** Delete a mail to postmaster or abuse. */
export function deleteOperatorMail(messageId: string): Operation<void> {
  return operation("delete_operator_mail", "DELETE", path`/api/v1/admin/mail/${messageId}`, { answer: "nothing" });
}

/** Download a mail to postmaster or abuse, exactly as received. */
export function getRawOperatorMail(messageId: string): Operation<Uint8Array> {
  return operation("get_raw_operator_mail", "GET", path`/api/v1/admin/mail/${messageId}/raw`, { answer: "octets" });
}

/** Check whether maintenance mode is on. */
export function getMaintenance(): Operation<models.MaintenanceData> {
  return operation("get_maintenance", "GET", "/api/v1/admin/maintenance");
}

/** What `setMaintenance` sends. */
export interface SetMaintenanceBody {
  enabled: boolean;
}

/** Switch maintenance mode on or off; while it is on, the API responds with 503. */
export function setMaintenance(json: SetMaintenanceBody): Operation<models.MaintenanceData> {
  return operation("set_maintenance", "PUT", "/api/v1/admin/maintenance", { json });
}

/** Get the installation at a glance: version, maintenance, dead letters, totals, the address of Grafana. */
export function getOverview(): Operation<models.OverviewData> {
  return operation("get_overview", "GET", "/api/v1/admin/overview");
}

/** Get API calls and rejections per day over all accounts, and who made most calls today. */
export function getUsageOfAll(): Operation<models.UsageOfAllData> {
  return operation("get_usage_of_all", "GET", "/api/v1/admin/usage");
}

/** List your API keys, newest first, including revoked ones. */
export function listKeys(): Operation<models.ApiKeyData[]> {
  return operation("list_keys", "GET", "/api/v1/api-keys");
}

/** What `createKey` sends. */
export interface CreateKeyBody {
  allowed_domains?: readonly string[] | undefined;
  expires_in_days?: number | null | undefined;
  /** Default: key */
  label?: string | undefined;
  scopes?: readonly string[] | undefined;
}

/**
 * Create an API key. Its text is shown only in this response.
 *
 * A key that is made with a restricted key (scopes, sites, end) is never stronger, and ends with it.
 */
export function createKey(json: CreateKeyBody = {}): Operation<models.NewKey> {
  return operation("create_key", "POST", "/api/v1/api-keys", { json, takesIdempotencyKey: true });
}

/** What `changeKey` sends. */
export interface ChangeKeyBody {
  allowed_domains?: readonly string[] | undefined;
  label?: string | undefined;
  scopes?: readonly string[] | undefined;
}

/**
 * Change the label, the scopes or the allowed domains of an active API key.
 *
 * It applies to the next call with the key, on every server. A restricted key changes only keys that it made.
 */
export function changeKey(keyId: string, json: ChangeKeyBody = {}): Operation<models.ApiKeyData> {
  return operation("change_key", "PATCH", path`/api/v1/api-keys/${keyId}`, { json });
}

/** Revoke an API key permanently, and with a restricted key those that it made. */
export function revokeKey(keyId: string): Operation<void> {
  return operation("revoke_key", "DELETE", path`/api/v1/api-keys/${keyId}`, { answer: "nothing" });
}

/** What `logIn` sends. */
export interface LogInBody {
  email: string;
  password: string;
}

/** Log in and get a session token, valid for up to 12 hours. */
export function logIn(json: LogInBody): Operation<models.SessionData> {
  return operation("log_in", "POST", "/api/v1/auth/login", { json });
}

/** Log out: the session token stops working at once. */
export function logOut(): Operation<void> {
  return operation("log_out", "POST", "/api/v1/auth/logout", { answer: "nothing" });
}

/** What `register` sends. */
export interface RegisterBody {
  email: string;
  password: string;
}

/** Create an account on the plan `free`. */
export function register(json: RegisterBody): Operation<models.Registered> {
  return operation("register", "POST", "/api/v1/auth/register", { json, takesIdempotencyKey: true });
}

/** List the sessions of your account, newest first; up to 100. */
export function listSessions(): Operation<models.SessionsData> {
  return operation("list_sessions", "GET", "/api/v1/auth/sessions");
}

/** End all sessions of your account at once, but for the one that makes this call. API keys keep working. */
export function endOtherSessions(): Operation<void> {
  return operation("end_other_sessions", "DELETE", "/api/v1/auth/sessions", { answer: "nothing" });
}

/** End a session of your account: its token stops working at once. */
export function endSession(sessionId: string): Operation<void> {
  return operation("end_session", "DELETE", path`/api/v1/auth/sessions/${sessionId}`, { answer: "nothing" });
}

/** List the public domains, the default first, and your custom domains. */
export function listDomains(): Operation<models.DomainsData> {
  return operation("list_domains", "GET", "/api/v1/domains");
}

/** What `addDomain` sends. */
export interface AddDomainBody {
  name: string;
}

/** Add a custom domain. Publish the returned `txt_token` in DNS, then verify the domain. */
export function addDomain(json: AddDomainBody): Operation<models.DomainDetail> {
  return operation("add_domain", "POST", "/api/v1/domains", { json, takesIdempotencyKey: true });
}

/** Remove a custom domain; Mayfly stops receiving mail for it, and your inboxes on it end. */
export function deleteDomain(domainId: string): Operation<void> {
  return operation("delete_domain", "DELETE", path`/api/v1/domains/${domainId}`, { answer: "nothing" });
}

/** Check the TXT and MX records of a domain in DNS; Mayfly receives its mail once both are found. */
export function verifyDomain(domainId: string): Operation<models.VerificationData> {
  return operation("verify_domain", "POST", path`/api/v1/domains/${domainId}/verify`);
}

/** The query of `listInboxes`. */
export interface ListInboxesQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
  /** Only inboxes with this label */
  label?: string | undefined;
  /** List live (`active`) or archived inboxes. Default: active */
  status?: "active" | "archived" | undefined;
}

/** List your inboxes, newest first. */
export function listInboxes(query: ListInboxesQuery = {}): Operation<models.InboxEntry[]> {
  return operation("list_inboxes", "GET", "/api/v1/inboxes", { query });
}

/** What `createInbox` sends. */
export interface CreateInboxBody {
  domain?: string | null | undefined;
  label?: string | null | undefined;
  local_part?: string | null | undefined;
  /** Default: 3600 */
  ttl_seconds?: number | null | undefined;
  webhook_url?: string | null | undefined;
}

/** Create an inbox in your account. */
export function createInbox(json: CreateInboxBody = {}): Operation<models.NewInbox> {
  return operation("create_inbox", "POST", "/api/v1/inboxes", { json, takesIdempotencyKey: true });
}

/** What `generateInbox` sends. */
export interface GenerateInboxBody {
  domain?: string | null | undefined;
  local_part?: string | null | undefined;
}

/** Create an inbox with default settings. Without credentials it has no owner, and its address grants access. */
export function generateInbox(json: GenerateInboxBody = {}): Operation<models.GeneratedInbox> {
  return operation("generate_inbox", "POST", "/api/v1/inboxes/generate", { json, takesIdempotencyKey: true });
}

/** The query of `getInbox`. */
export interface GetInboxQuery {
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/** Get an inbox with its message counts. */
export function getInbox(address: string, query: GetInboxQuery = {}): Operation<models.InboxData> {
  return operation("get_inbox", "GET", path`/api/v1/inboxes/${address}`, { query });
}

/** What `changeInbox` sends. */
export interface ChangeInboxBody {
  label?: string | null | undefined;
  ttl_seconds?: number | null | undefined;
  webhook_url?: string | null | undefined;
}

/** Change the label, the time to live (counted from now) or the webhook of an inbox. */
export function changeInbox(address: string, json: ChangeInboxBody = {}): Operation<models.InboxData> {
  return operation("change_inbox", "PATCH", path`/api/v1/inboxes/${address}`, { json });
}

/** Delete an inbox and its contents. It stops receiving mail at once. */
export function deleteInbox(address: string): Operation<void> {
  return operation("delete_inbox", "DELETE", path`/api/v1/inboxes/${address}`, { answer: "nothing" });
}

/** The query of `clearInbox`. */
export interface ClearInboxQuery {
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/** Delete every message of an inbox, but not the inbox. */
export function clearInbox(address: string, query: ClearInboxQuery = {}): Operation<void> {
  return operation("clear_inbox", "POST", path`/api/v1/inboxes/${address}/clear`, { query, answer: "nothing" });
}

/** Get the fault plan of an inbox and the number of SMTP transactions it has counted. */
export function getFaultPlan(address: string): Operation<models.FaultPlan> {
  return operation("get_fault_plan", "GET", path`/api/v1/inboxes/${address}/fault-plan`);
}

/** What `putFaultPlan` sends. */
export interface PutFaultPlanBody {
  steps: readonly Partial<models.FaultStep>[];
}

/** Set the fault plan of an inbox: SMTP fails as its steps say, from the next transaction on. */
export function putFaultPlan(address: string, json: PutFaultPlanBody): Operation<models.FaultPlan> {
  return operation("put_fault_plan", "PUT", path`/api/v1/inboxes/${address}/fault-plan`, { json });
}

/** Delete the fault plan of an inbox; mail is accepted normally again. */
export function deleteFaultPlan(address: string): Operation<void> {
  return operation("delete_fault_plan", "DELETE", path`/api/v1/inboxes/${address}/fault-plan`, { answer: "nothing" });
}

/** The query of `markAllRead`. */
export interface MarkAllReadQuery {
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/** Mark every message of an inbox as read. */
export function markAllRead(address: string, query: MarkAllReadQuery = {}): Operation<void> {
  return operation("mark_all_read", "POST", path`/api/v1/inboxes/${address}/mark-all-read`, { query, answer: "nothing" });
}

/** The query of `listMessages`. */
export interface ListMessagesQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
  /**
   * Only messages that this search finds: words, `"phrases"` and terms such as `from:ann`, `-is:read` or
   * `after:2026-11-30`, all of which must hold (docs/search.md)
   */
  q?: string | undefined;
  /** Time zone of dates in `q` that name none, such as `Europe/Berlin`; UTC if absent */
  tz?: string | undefined;
  /** Only messages with this text in the sender (any case) */
  from?: string | undefined;
  /** Only messages with this text in a recipient (any case) */
  to?: string | undefined;
  /** Only messages with this text in the subject (any case) */
  subject?: string | undefined;
  /** Only messages with (true) or without (false) a one-time password */
  has_otp?: boolean | undefined;
  /** Only unread (true) or read (false) messages */
  unread?: boolean | undefined;
  /** Only messages received at or after this time; UTC if it has no offset */
  since?: string | Date | undefined;
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/** List the messages of an inbox, newest first. It contains every message up to the cursor `X-Cursor`. */
export function listMessages(address: string, query: ListMessagesQuery = {}): Operation<models.MessageEntry[]> {
  return operation("list_messages", "GET", path`/api/v1/inboxes/${address}/messages`, { query });
}

/**
 * Put a mail into an inbox: `message/rfc822`, or a form with `sender`, `subject`, `body`, `html` and files.
 *
 * In a space its recipients are those of the To and Cc fields, which the form's `to` writes.
 */
export function injectMessage(address: string, content: Content): Operation<models.InjectedData> {
  return operation("inject_message", "POST", path`/api/v1/inboxes/${address}/messages`, { content, takesIdempotencyKey: true });
}

/** The query of `proveNoneCame`. */
export interface ProveNoneCameQuery {
  /**
   * Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  from?: string | undefined;
  /**
   * Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:` followed by an RE2
   * regular expression
   */
  to?: string | undefined;
  /** Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular expression */
  subject?: string | undefined;
  /**
   * Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  body?: string | undefined;
  /** Only mail with (true) or without (false) a one-time password */
  has_otp?: boolean | undefined;
  /** Only mail with (true) or without (false) a link */
  has_link?: boolean | undefined;
  /** Seconds to keep watching for matching mail. Default: 5 */
  for?: number | undefined;
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
}

/**
 * Check that an inbox contains no matching mail and that none arrives within `for` seconds.
 *
 * With `after`, only mail stored after that cursor counts. The response is sent after all mail received by then has been
 * parsed, so a 200 proves that no matching mail arrived. 409: one did; the response contains it.
 */
export function proveNoneCame(address: string, query: ProveNoneCameQuery = {}): Operation<models.NoMail> {
  return operation("prove_none_came", "GET", path`/api/v1/inboxes/${address}/messages/none`, { query });
}

/** The query of `waitForMessage`. */
export interface WaitForMessageQuery {
  /**
   * Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  from?: string | undefined;
  /**
   * Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:` followed by an RE2
   * regular expression
   */
  to?: string | undefined;
  /** Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular expression */
  subject?: string | undefined;
  /**
   * Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  body?: string | undefined;
  /** Only mail with (true) or without (false) a one-time password */
  has_otp?: boolean | undefined;
  /** Only mail with (true) or without (false) a link */
  has_link?: boolean | undefined;
  /** Maximum time to wait, in seconds. Default: 30 */
  timeout?: number | undefined;
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
}

/**
 * Wait for a matching mail and return it: the newest one in the inbox, or else the first one to arrive.
 *
 * With `after`, only mail stored after that cursor counts, and the oldest match is returned. Pass the `X-Cursor` of the
 * response as `after` of the next call to get the next mail. The message stays unread.
 */
export function waitForMessage(address: string, query: WaitForMessageQuery = {}): Operation<models.MessageData> {
  return operation("wait_for_message", "GET", path`/api/v1/inboxes/${address}/messages/wait`, { query });
}

/** The query of `waitForOtp`. */
export interface WaitForOtpQuery {
  /**
   * Only mail whose sender address or name matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  from?: string | undefined;
  /**
   * Only mail with a matching recipient address (tag included): case-insensitive substring, or `re:` followed by an RE2
   * regular expression
   */
  to?: string | undefined;
  /** Only mail whose subject matches: case-insensitive substring, or `re:` followed by an RE2 regular expression */
  subject?: string | undefined;
  /**
   * Only mail whose text or HTML source matches: case-insensitive substring, or `re:` followed by an RE2 regular
   * expression
   */
  body?: string | undefined;
  /** Only mail with (true) or without (false) a link */
  has_link?: boolean | undefined;
  /** Maximum time to wait, in seconds. Default: 30 */
  timeout?: number | undefined;
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
  /** Show the evidence for and against each candidate. Default: false */
  explain?: boolean | undefined;
}

/**
 * Wait for a mail with a one-time password and return the password; works like `messages/wait`.
 *
 * With `explain` true, each candidate has its evidence.
 */
export function waitForOtp(address: string, query: WaitForOtpQuery = {}): Operation<models.CodeData> {
  return operation("wait_for_otp", "GET", path`/api/v1/inboxes/${address}/otp/wait`, { query });
}

/** What `reactivateInbox` sends. */
export interface ReactivateInboxBody {
  /** Default: 3600 */
  ttl_seconds?: number | null | undefined;
}

/** Reactivate an archived inbox: it keeps its address, is empty and gets a new id. */
export function reactivateInbox(address: string, json: ReactivateInboxBody = {}): Operation<models.NewInbox> {
  return operation("reactivate_inbox", "POST", path`/api/v1/inboxes/${address}/reactivate`, { json, takesIdempotencyKey: true });
}

/** The query of `getInboxStats`. */
export interface GetInboxStatsQuery {
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/** Get the message counts of an inbox. */
export function getInboxStats(address: string, query: GetInboxStatsQuery = {}): Operation<models.InboxStats> {
  return operation("get_inbox_stats", "GET", path`/api/v1/inboxes/${address}/stats`, { query });
}

/**
 * Create a ticket that opens the event stream of an inbox once, without headers, as `?ticket=`.
 *
 * For a browser's EventSource. Limits and revocation apply to the stream as to the credentials of this call.
 */
export function createStreamTicket(address: string): Operation<models.StreamTicketData> {
  return operation("create_stream_ticket", "POST", path`/api/v1/inboxes/${address}/stream-ticket`);
}

/** List the tags of an inbox's messages, in alphabetical order. */
export function listTags(address: string): Operation<models.TagData[]> {
  return operation("list_tags", "GET", path`/api/v1/inboxes/${address}/tags`);
}

/** The query of `listAccountMessages`. */
export interface ListAccountMessagesQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
  /**
   * Only messages that this search finds: words, `"phrases"` and terms such as `from:ann`, `-is:read` or
   * `after:2026-11-30`, all of which must hold (docs/search.md)
   */
  q?: string | undefined;
  /** Time zone of dates in `q` that name none, such as `Europe/Berlin`; UTC if absent */
  tz?: string | undefined;
  /** Only messages with this text in the sender (any case) */
  from?: string | undefined;
  /** Only messages with this text in a recipient (any case) */
  to?: string | undefined;
  /** Only messages with this text in the subject (any case) */
  subject?: string | undefined;
  /** Only messages with (true) or without (false) a one-time password */
  has_otp?: boolean | undefined;
  /** Only unread (true) or read (false) messages */
  unread?: boolean | undefined;
  /** Only messages received at or after this time; UTC if it has no offset */
  since?: string | Date | undefined;
  /** First wait until all mail that was acknowledged before this call is stored; 503 after 10 s. Default: false */
  consistent?: boolean | undefined;
}

/**
 * List the messages of all your inboxes and spaces, newest first.
 *
 * It contains every message up to the cursor `X-Cursor`, with which `GET /api/v1/sse/messages` goes on.
 */
export function listAccountMessages(query: ListAccountMessagesQuery = {}): Operation<models.AccountMessageEntry[]> {
  return operation("list_account_messages", "GET", "/api/v1/messages", { query });
}

/** What `changeMessages` sends. */
export interface ChangeMessagesBody {
  ids: readonly string[];
  is_read?: boolean | undefined;
  tags?: readonly string[] | undefined;
}

/** Mark up to 100 messages as read or unread, or replace their tags. Those that are missing stop nothing. */
export function changeMessages(json: ChangeMessagesBody): Operation<models.ChangedMessages> {
  return operation("change_messages", "PATCH", "/api/v1/messages", { json });
}

/** What `deleteMessages` sends. */
export interface DeleteMessagesBody {
  ids: readonly string[];
}

/** Delete up to 100 messages with their raw mail and attachments. Those that are missing stop nothing. */
export function deleteMessages(json: DeleteMessagesBody): Operation<models.DeletedMessages> {
  return operation("delete_messages", "POST", "/api/v1/messages/delete", { json });
}

/** The query of `getMessage`. */
export interface GetMessageQuery {
  /** Do not mark the message as read. Default: false */
  peek?: boolean | undefined;
}

/** Get a message with its bodies. Marks it as read unless `peek` is true. */
export function getMessage(messageId: string, query: GetMessageQuery = {}): Operation<models.MessageData> {
  return operation("get_message", "GET", path`/api/v1/messages/${messageId}`, { query });
}

/** What `changeMessage` sends. */
export interface ChangeMessageBody {
  is_read?: boolean | undefined;
  tags?: readonly string[] | undefined;
}

/** Mark a message as read or unread, or replace its tags. */
export function changeMessage(messageId: string, json: ChangeMessageBody = {}): Operation<models.MessageData> {
  return operation("change_message", "PATCH", path`/api/v1/messages/${messageId}`, { json });
}

/** Delete a message with its raw mail and attachments. */
export function deleteMessage(messageId: string): Operation<void> {
  return operation("delete_message", "DELETE", path`/api/v1/messages/${messageId}`, { answer: "nothing" });
}

/** List the attachments of a message. */
export function listAttachments(messageId: string): Operation<models.AttachmentData[]> {
  return operation("list_attachments", "GET", path`/api/v1/messages/${messageId}/attachments`);
}

/** Download an attachment. */
export function getAttachment(messageId: string, index: number): Operation<Uint8Array> {
  return operation("get_attachment", "GET", path`/api/v1/messages/${messageId}/attachments/${index}`, { answer: "octets" });
}

/** The query of `getHtml`. */
export interface GetHtmlQuery {
  /** A ticket of `html-ticket`, instead of credentials in a header */
  ticket?: string | undefined;
  /** Let the browser load images of the web. With a ticket, the ticket says so */
  remote_images?: boolean | undefined;
  /** Colours of the browser where the mail sets none; absent: light */
  theme?: "light" | "dark" | undefined;
}

/**
 * Show the HTML of a message as a page that runs nothing and, without `remote_images`, loads nothing.
 *
 * Images that the mail brings along are in it. `X-Blocked-Images`: how many of the web are not. Of a message without
 * HTML, its text. Does not mark the message as read.
 */
export function getHtml(messageId: string, query: GetHtmlQuery = {}): Operation<Uint8Array> {
  return operation("get_html", "GET", path`/api/v1/messages/${messageId}/html`, { query, answer: "octets" });
}

/** What `createHtmlTicket` sends. */
export interface CreateHtmlTicketBody {
  /** Default: false */
  remote_images?: boolean | undefined;
}

/**
 * Create a ticket that opens the page of a message's HTML without headers, for a browser's frame.
 *
 * It opens that page alone, for 60 s, as often as it is asked for. Limits and revocation apply to the page as to the
 * credentials of this call.
 */
export function createHtmlTicket(messageId: string, json: CreateHtmlTicketBody = {}): Operation<models.PageTicketData> {
  return operation("create_html_ticket", "POST", path`/api/v1/messages/${messageId}/html-ticket`, { json });
}

/** List the links of a message. */
export function getLinks(messageId: string): Operation<models.LinksData> {
  return operation("get_links", "GET", path`/api/v1/messages/${messageId}/links`);
}

/** The query of `getOtp`. */
export interface GetOtpQuery {
  /** Show the evidence for and against each candidate. Default: false */
  explain?: boolean | undefined;
}

/** Get the one-time password found in a message, with all candidates and, if `explain` is true, their evidence. */
export function getOtp(messageId: string, query: GetOtpQuery = {}): Operation<models.CodeData> {
  return operation("get_otp", "GET", path`/api/v1/messages/${messageId}/otp`, { query });
}

/** Download the raw mail of a message, exactly as received. */
export function getRawMessage(messageId: string): Operation<Uint8Array> {
  return operation("get_raw_message", "GET", path`/api/v1/messages/${messageId}/raw`, { answer: "octets" });
}

/**
 * Show what happened to a message and when: received, stored, announced, and each request to a webhook.
 *
 * The broker keeps events for a day, so `visible` and `announced` are missing after that.
 */
export function getTimeline(messageId: string): Operation<models.TimelineData> {
  return operation("get_timeline", "GET", path`/api/v1/messages/${messageId}/timeline`);
}

/** The query of `listReceipts`. */
export interface ListReceiptsQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List the deletion receipts of your ended inboxes, newest inbox first. */
export function listReceipts(query: ListReceiptsQuery = {}): Operation<models.ReceiptData[]> {
  return operation("list_receipts", "GET", "/api/v1/receipts", { query });
}

/** Get the deletion receipt of an ended inbox. */
export function getReceipt(inboxId: string): Operation<models.ReceiptData> {
  return operation("get_receipt", "GET", path`/api/v1/receipts/${inboxId}`);
}

/** The query of `listSpaces`. */
export interface ListSpacesQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
}

/** List your spaces, newest first. */
export function listSpaces(query: ListSpacesQuery = {}): Operation<models.SpaceEntry[]> {
  return operation("list_spaces", "GET", "/api/v1/spaces", { query });
}

/** What `createSpace` sends. */
export interface CreateSpaceBody {
  domains?: readonly string[] | undefined;
  max_age_seconds?: number | null | undefined;
  max_messages?: number | null | undefined;
  name?: string | null | undefined;
  ttl_seconds?: number | null | undefined;
  webhook_url?: string | null | undefined;
}

/** Create a space: an inbox that takes mail for any address of its domains, with SMTP credentials for it. */
export function createSpace(json: CreateSpaceBody = {}): Operation<models.NewSpace> {
  return operation("create_space", "POST", "/api/v1/spaces", { json, takesIdempotencyKey: true });
}

/** Get a space with its domains and message counts. */
export function getSpace(space: string): Operation<models.SpaceData> {
  return operation("get_space", "GET", path`/api/v1/spaces/${space}`);
}

/** What `changeSpace` sends. */
export interface ChangeSpaceBody {
  domains?: readonly string[] | undefined;
  max_age_seconds?: number | null | undefined;
  max_messages?: number | null | undefined;
  name?: string | null | undefined;
  ttl_seconds?: number | null | undefined;
  webhook_url?: string | null | undefined;
}

/** Change the name, the retention, the domains, the time to live (counted from now) or the webhook of a space. */
export function changeSpace(space: string, json: ChangeSpaceBody = {}): Operation<models.SpaceData> {
  return operation("change_space", "PATCH", path`/api/v1/spaces/${space}`, { json });
}

/** Delete a space with its messages and SMTP credentials. It stops receiving mail at once. */
export function deleteSpace(space: string): Operation<void> {
  return operation("delete_space", "DELETE", path`/api/v1/spaces/${space}`, { answer: "nothing" });
}

/** List the SMTP credentials of a space, newest first, without passwords. */
export function listSmtpCredentials(space: string): Operation<models.CredentialsData[]> {
  return operation("list_smtp_credentials", "GET", path`/api/v1/spaces/${space}/credentials`);
}

/** What `addSmtpCredentials` sends. */
export interface AddSmtpCredentialsBody {
  /** Default: smtp */
  label?: string | undefined;
}

/** Add SMTP credentials to a space. The password is shown only in this response. */
export function addSmtpCredentials(space: string, json: AddSmtpCredentialsBody = {}): Operation<models.NewCredentials> {
  return operation("add_smtp_credentials", "POST", path`/api/v1/spaces/${space}/credentials`, { json, takesIdempotencyKey: true });
}

/** Revoke SMTP credentials of a space. */
export function deleteSmtpCredentials(space: string, credentialsId: string): Operation<void> {
  return operation("delete_smtp_credentials", "DELETE", path`/api/v1/spaces/${space}/credentials/${credentialsId}`, { answer: "nothing" });
}

/** The query of `streamInbox`. */
export interface StreamInboxQuery {
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
  /** Also tell what clients change, as events without an id. Default: false */
  changes?: boolean | undefined;
  /** A stream ticket, instead of credentials in a header; opens one stream */
  ticket?: string | undefined;
}

/**
 * Stream the events of an inbox: `connected`, then `message` for every mail, until `expired` or `deleted`.
 *
 * A `ping` is sent every 15 s. The `id` of each `message` is a cursor: send it as `Last-Event-ID` (or as `after` on a
 * first connection) to resume on any gateway without gaps or duplicates. `reset`: the cursor is unknown or older than a
 * day, so list the messages again. `refused`: the credentials were revoked. If the stream ends after a `retry` field,
 * reconnect after that many milliseconds. With `changes`, `change` tells of marks, tags and deletions by any client; it
 * has no `id`.
 */
export function streamInbox(address: string, query: StreamInboxQuery = {}): Operation<string> {
  return operation("stream_inbox", "GET", path`/api/v1/sse/inbox/${address}`, { query, answer: "events" });
}

/** The query of `streamAccount`. */
export interface StreamAccountQuery {
  /** Only mail stored after this cursor: an `X-Cursor`, the id of an event or a `sequence` */
  after?: number | string | undefined;
  /** Also tell what clients change, as events without an id. Default: false */
  changes?: boolean | undefined;
}

/**
 * Stream the events of all your inboxes and spaces, also of those that are made later.
 *
 * As the stream of an inbox, but `message` has `inbox_id`, and `expired` and `deleted` say which inbox has ended: the
 * stream goes on. The cursor is the same. With `changes`, `change` tells of marks, tags and deletions, and `inbox` of
 * inboxes that were created, changed or deleted; neither has an `id`.
 */
export function streamAccount(query: StreamAccountQuery = {}): Operation<string> {
  return operation("stream_account", "GET", "/api/v1/sse/messages", { query, answer: "events" });
}

/** List the open invitations of your team. */
export function listInvitations(): Operation<models.InvitationsData> {
  return operation("list_invitations", "GET", "/api/v1/team/invitations");
}

/** What `invite` sends. */
export interface InviteBody {
  email: string;
}

/** Invite a person to your team. Hand over the id and the `code`; nothing changes until the person accepts. */
export function invite(json: InviteBody): Operation<models.NewInvitation> {
  return operation("invite", "POST", "/api/v1/team/invitations", { json, takesIdempotencyKey: true });
}

/** Withdraw an invitation. */
export function withdrawInvitation(invitationId: string): Operation<void> {
  return operation("withdraw_invitation", "DELETE", path`/api/v1/team/invitations/${invitationId}`, { answer: "nothing" });
}

/** What `acceptInvitation` sends. */
export interface AcceptInvitationBody {
  code: string;
}

/**
 * Accept an invitation with its code: your account shares the plan and the limits of the team's owner.
 *
 * The code is valid once, for 7 days. Your inboxes, keys and webhooks stay yours alone, and so does your own plan, which
 * applies again when you leave.
 */
export function acceptInvitation(invitationId: string, json: AcceptInvitationBody): Operation<void> {
  return operation("accept_invitation", "POST", path`/api/v1/team/invitations/${invitationId}/accept`, { json, answer: "nothing" });
}

/** Leave the team whose plan your account shares; your own plan applies again. */
export function leaveTeam(): Operation<void> {
  return operation("leave_team", "POST", "/api/v1/team/leave", { answer: "nothing" });
}

/** List the members of your team. */
export function listMembers(): Operation<models.MembersData> {
  return operation("list_members", "GET", "/api/v1/team/members");
}

/** Remove a member from your team; the member's own plan applies again. */
export function removeMember(memberId: string): Operation<void> {
  return operation("remove_member", "DELETE", path`/api/v1/team/members/${memberId}`, { answer: "nothing" });
}

/** Get your API calls per day, your numbers of inboxes and the limits of your plan. */
export function getUsage(): Operation<models.UsageData> {
  return operation("get_usage", "GET", "/api/v1/usage");
}

/** List your webhook endpoints, newest first. */
export function listWebhooks(): Operation<models.WebhookData[]> {
  return operation("list_webhooks", "GET", "/api/v1/webhooks");
}

/** What `createWebhook` sends. */
export interface CreateWebhookBody {
  description?: string | undefined;
  events?: readonly ("message.received" | "inbox.expired" | "endpoint.disabled")[] | undefined;
  /** Default: standard */
  format?: "standard" | "vaultmail" | "ephemask" | undefined;
  inbox?: string | null | undefined;
  url: string;
}

/** Create a webhook endpoint: a URL that receives the events of one inbox, or of all inboxes of the account. */
export function createWebhook(json: CreateWebhookBody): Operation<models.WebhookData> {
  return operation("create_webhook", "POST", "/api/v1/webhooks", { json, takesIdempotencyKey: true });
}

/** Get a delivery with all its attempts. */
export function getDelivery(deliveryId: string): Operation<models.DeliveryDetail> {
  return operation("get_delivery", "GET", path`/api/v1/webhooks/deliveries/${deliveryId}`);
}

/** Send a finished delivery again, with the same id and body. */
export function redeliver(deliveryId: string): Operation<models.Asked> {
  return operation("redeliver", "POST", path`/api/v1/webhooks/deliveries/${deliveryId}/redeliver`);
}

/** Get a webhook endpoint, with the reason if it is disabled. */
export function getWebhook(webhookId: string): Operation<models.WebhookData> {
  return operation("get_webhook", "GET", path`/api/v1/webhooks/${webhookId}`);
}

/** What `changeWebhook` sends. */
export interface ChangeWebhookBody {
  description?: string | undefined;
  enabled?: boolean | undefined;
  events?: readonly ("message.received" | "inbox.expired" | "endpoint.disabled")[] | undefined;
  url?: string | undefined;
}

/** Change, enable or disable a webhook endpoint. */
export function changeWebhook(webhookId: string, json: ChangeWebhookBody = {}): Operation<models.WebhookData> {
  return operation("change_webhook", "PATCH", path`/api/v1/webhooks/${webhookId}`, { json });
}

/** Delete a webhook endpoint and stop its deliveries. */
export function deleteWebhook(webhookId: string): Operation<void> {
  return operation("delete_webhook", "DELETE", path`/api/v1/webhooks/${webhookId}`, { answer: "nothing" });
}

/** The query of `listDeliveries`. */
export interface ListDeliveriesQuery {
  /** Maximum number of entries. Default: 50 */
  limit?: number | undefined;
  /** `X-Next-Cursor` of the previous page */
  cursor?: string | undefined;
  /** Only deliveries with this status */
  status?: "pending" | "delivered" | "failed" | undefined;
}

/** List the deliveries of an endpoint in the last 7 days, newest first. */
export function listDeliveries(webhookId: string, query: ListDeliveriesQuery = {}): Operation<models.DeliveryData[]> {
  return operation("list_deliveries", "GET", path`/api/v1/webhooks/${webhookId}/deliveries`, { query });
}

/** What `replay` sends. */
export interface ReplayBody {
  /** Default: false */
  delivered_too?: boolean | undefined;
  since: string | Date;
  until?: string | Date | null | undefined;
}

/** Send the failed deliveries of a time span again, with the same ids; optionally the successful ones too. */
export function replay(webhookId: string, json: ReplayBody): Operation<models.Accepted> {
  return operation("replay", "POST", path`/api/v1/webhooks/${webhookId}/replay`, { json });
}

/** Replace the signing secret. For 24 hours, requests are signed with both the old and the new secret. */
export function rotateSecret(webhookId: string): Operation<models.WebhookData> {
  return operation("rotate_secret", "POST", path`/api/v1/webhooks/${webhookId}/rotate-secret`);
}

/**
 * Send a `webhook.test` event to an endpoint, even if it is disabled.
 *
 * Its delivery can be read a moment later, once webhook-dispatcher has stored it.
 */
export function testWebhook(webhookId: string): Operation<models.Asked> {
  return operation("test_webhook", "POST", path`/api/v1/webhooks/${webhookId}/test`);
}

/** Check that the process is running. `/healthz` and `/livez` answer alike. */
export function health(): Operation<models.Health> {
  return operation("health", "GET", "/health");
}

/** Check that the database and the message broker respond; 503 otherwise. `/readyz` answers alike. */
export function ready(): Operation<models.Ready> {
  return operation("ready", "GET", "/ready");
}
