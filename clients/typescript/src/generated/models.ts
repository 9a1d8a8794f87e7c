/** The objects of the API. Generated from docs/openapi.json by `make clients`. */

/** Answer of `replay`. */
export interface Accepted {
  /** Default: true */
  readonly accepted: boolean;
}

/** Answer of `getAccount` and `changeAccount`. */
export interface AccountData {
  readonly created_at: string;
  readonly email: string;
  readonly id: string;
  readonly plan: string;
  readonly team_id: string | null;
}

/** Answer of `listAccountMessages`. */
export interface AccountMessageEntry {
  readonly address: string;
  readonly attachment_count: number;
  readonly from_address: string;
  readonly has_otp: boolean;
  readonly id: string;
  readonly inbox_id: string;
  readonly is_read: boolean;
  readonly link_count: number;
  readonly preview: string;
  readonly raw_size: number;
  readonly received_at: string;
  readonly recipient_count: number;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly tags: readonly string[];
}

/** Part of `AnalyticsData`. */
export interface AccountUsage {
  readonly account_id: string;
  readonly calls_30_days: number;
  readonly calls_today: number;
  readonly created_at: string;
  readonly email: string;
  readonly inboxes: number;
  readonly is_suspended: boolean;
  readonly last_call_at: string | null;
  readonly messages: number;
  readonly octets: number;
  readonly plan: string;
  readonly rejected_30_days: number;
  readonly rejected_today: number;
  readonly team_id: string | null;
}

/** Answer of `listAccounts`. */
export interface AccountsData {
  readonly accounts: readonly AdminAccountData[];
}

/** Answer of `changeAccountByOperator`. */
export interface AdminAccountData {
  readonly created_at: string;
  readonly email: string;
  readonly id: string;
  readonly plan: string;
  readonly suspended: boolean;
}

/** Answer of `getAnalytics`. */
export interface AnalyticsData {
  readonly accounts: readonly AccountUsage[];
  readonly days: readonly DayOfUsage[];
}

/** Answer of `listAccountKeys`, `listKeys` and `changeKey`. */
export interface ApiKeyData {
  readonly allowed_domains: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly id: string;
  readonly is_active: boolean;
  readonly is_current: boolean;
  readonly is_usable: boolean;
  readonly key_prefix: string;
  readonly label: string;
  readonly last_used_at: string | null;
  readonly made_by: readonly string[];
  readonly scopes: readonly string[];
}

/** Answer of `redeliver` and `testWebhook`. */
export interface Asked {
  readonly delivery_id: string;
}

/** Answer of `listAttachments`. */
export interface AttachmentData {
  readonly content_id: string | null;
  readonly content_type: string;
  readonly filename: string;
  readonly index: number;
  readonly inline: boolean;
  readonly sha256: string;
  readonly size: number;
}

/** Part of `DeliveryDetail`. */
export interface Attempt {
  readonly answer: string;
  readonly at: string;
  readonly duration: number;
  readonly error?: string | null;
  readonly number: number;
  readonly status?: number | null;
}

/** Part of `MessageData`. */
export interface Authentication {
  /** Default: none */
  readonly dkim: string;
  /** Default: none */
  readonly dmarc: string;
  /** Default: none */
  readonly spf: string;
}

/** Part of `MessageData`. */
export interface CandidateData {
  readonly code: string;
  readonly confidence: number;
  readonly display: string;
  readonly rule: string;
  readonly source: string;
  readonly span: readonly [number, number];
}

/** Answer of `changeMessages`. */
export interface ChangedMessages {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
}

/** Answer of `getClock` and `advanceClock`. */
export interface ClockData {
  readonly ahead_seconds: number;
  readonly now: string;
}

/** Answer of `waitForOtp` and `getOtp`. */
export interface CodeData {
  readonly candidates: readonly ExplainedCandidateData[];
  readonly found: boolean;
  readonly message_id: string;
  readonly otp: string | null;
  readonly subject: string;
  readonly superseded_by: string | null;
}

/** Part of `Depths`. */
export interface ConsumerDepth {
  readonly ack_pending: number;
  readonly last_delivered_at: string | null;
  readonly name: string;
  readonly pending: number;
  readonly redelivered: number;
  readonly stream: string;
}

/** Answer of `listSmtpCredentials`. */
export interface CredentialsData {
  readonly created_at: string;
  readonly id: string;
  readonly label: string;
}

/** Part of `UsageData`, `AnalyticsData` and `UsageOfAllData`. */
export interface DayOfUsage {
  /** Default: 0 */
  readonly calls: number;
  readonly day: string;
  /** Default: 0 */
  readonly rejected: number;
}

/** Answer of `deleteMessages`. */
export interface DeletedMessages {
  readonly deleted: readonly string[];
  readonly missing: readonly string[];
}

/** Answer of `listDeliveries`. */
export interface DeliveryData {
  readonly attempt_count: number;
  readonly created_at: string;
  readonly event_type: string;
  readonly id: string;
  readonly inbox_id: string | null;
  readonly last_error: string | null;
  readonly last_status: number | null;
  readonly next_attempt_at: string | null;
  readonly status: string;
  readonly webhook_id: string;
}

/** Answer of `getDelivery`. */
export interface DeliveryDetail {
  readonly attempt_count: number;
  readonly attempts: readonly Attempt[];
  readonly created_at: string;
  readonly event_type: string;
  readonly id: string;
  readonly inbox_id: string | null;
  readonly last_error: string | null;
  readonly last_status: number | null;
  readonly next_attempt_at: string | null;
  readonly payload: string | null;
  readonly status: string;
  readonly webhook_id: string;
}

/** Answer of `listConsumers`. */
export interface Depths {
  readonly consumers: readonly ConsumerDepth[];
  readonly streams: readonly StreamDepth[];
}

/** Answer of `discover`. */
export interface Discovery {
  readonly anonymous_inboxes: string;
  readonly default_space?: string;
  readonly default_space_smtp?: SmtpAddress;
  /** Default: /docs */
  readonly docs: string;
  /** Default: /health */
  readonly health: string;
  /** Default: /openapi.json */
  readonly openapi: string;
  readonly sign_up: boolean;
  readonly smtp?: SmtpAddress;
  /** Default: 0.1.0 */
  readonly version: string;
  readonly web?: string;
}

/** Part of `DomainsData`. */
export interface DomainData {
  readonly failing_since?: string | null;
  readonly id?: string;
  readonly is_public: boolean;
  readonly mail_until?: string | null;
  readonly name: string;
  readonly status?: string;
  readonly tier_required: number;
  readonly txt_token?: string;
  readonly verified?: boolean;
}

/** Answer of `addDomain`. */
export interface DomainDetail {
  readonly created_at: string;
  readonly id: string;
  readonly name: string;
  readonly txt_token: string;
  readonly verified: boolean;
}

/** Answer of `listDomains`. */
export interface DomainsData {
  readonly domains: readonly DomainData[];
  readonly mail_hosts: readonly string[];
}

/** Answer of `listAllDomains`. */
export interface DomainsOfAllData {
  readonly domains: readonly OperatorDomain[];
}

/** Part of `MessageData`. */
export interface EnvelopeData {
  readonly forward_path: string;
  readonly helo: string;
  readonly login: string;
  readonly peer_address: string;
  readonly reverse_path: string;
  /** Default: smtp */
  readonly source: string;
  /** Default: false */
  readonly tls: boolean;
}

/** Part of `ExplainedCandidateData`. */
export interface EvidenceData {
  readonly feature: string;
  readonly weight: number;
}

/** Part of `CodeData`. */
export interface ExplainedCandidateData {
  readonly code: string;
  readonly confidence: number;
  readonly display: string;
  readonly evidence?: readonly EvidenceData[];
  readonly rule: string;
  readonly source: string;
  readonly span: readonly [number, number];
}

/** Answer of `getFaultPlan` and `putFaultPlan`. */
export interface FaultPlan {
  /** Default: 0 */
  readonly seen: number;
  readonly steps: readonly FaultStep[];
}

/** Part of `FaultPlan`. */
export interface FaultStep {
  /** Default: data */
  readonly at: string;
  readonly code?: number | null;
  /** Default: 0 */
  readonly delay_ms: number;
  /** Default: true */
  readonly is_enhanced: boolean;
  readonly probability?: number | null;
  readonly text: string;
  readonly times?: number | null;
}

/** Answer of `generateInbox`. */
export interface GeneratedInbox {
  readonly address: string;
  readonly id: string;
  readonly inbox_expires_at: string | null;
  readonly message_count: number;
  readonly token: string;
  readonly unread_count: number;
}

/** Answer of `health`. */
export interface Health {
  /** Default: true */
  readonly ok: boolean;
  /** Default: ok */
  readonly status: string;
}

/** Answer of `getInbox` and `changeInbox`. */
export interface InboxData {
  readonly address: string;
  readonly created_at: string;
  readonly id: string;
  readonly inbox_expires_at: string | null;
  readonly label: string | null;
  readonly message_count: number;
  readonly status: string;
  readonly unread_count: number;
  readonly webhook_secret?: string;
  readonly webhook_url: string | null;
}

/** Answer of `listInboxes`. */
export interface InboxEntry {
  readonly address: string;
  readonly created_at: string;
  readonly id: string;
  readonly inbox_expires_at: string | null;
  readonly label: string | null;
  readonly status: string;
}

/** Answer of `getInboxStats`. */
export interface InboxStats {
  /** Default: 0 */
  readonly attachment_count: number;
  readonly last_received_at?: string | null;
  /** Default: 0 */
  readonly message_count: number;
  /** Default: 0 */
  readonly otp_count: number;
  /** Default: 0 */
  readonly total_bytes: number;
  /** Default: 0 */
  readonly unread_count: number;
}

/** Answer of `injectMessage`. */
export interface InjectedData {
  readonly address: string;
  readonly id: string;
  readonly inbox_id: string;
}

/** Part of `InvitationsData`. */
export interface InvitationData {
  readonly created_at: string;
  readonly email: string;
  readonly expires_at: string | null;
  readonly id: string;
}

/** Answer of `listInvitations`. */
export interface InvitationsData {
  readonly invitations: readonly InvitationData[];
}

/** Part of `LettersData` and `LetterDetail`. */
export interface LetterData {
  readonly buried_at: string | null;
  readonly consumer: string;
  readonly deliveries: number;
  readonly event_type: string;
  readonly id: number;
  readonly reason: string;
  readonly size: number;
  readonly stream: string;
  readonly subject: string;
}

/** Answer of `getDeadLetter`. */
export interface LetterDetail {
  readonly letter: LetterData;
  readonly mail: MailInLetter | null;
}

/** Answer of `listDeadLetters`. */
export interface LettersData {
  readonly dead_letters: readonly LetterData[];
}

/** Part of `UsageData`. */
export interface LimitsData {
  readonly active_inboxes: number | null;
  readonly archived_inboxes: number | null;
  readonly burst: number;
  readonly calls_per_day: number | null;
  readonly creations_per_day: number | null;
  readonly longest_ttl_seconds: number;
  readonly octets: number | null;
  readonly octets_per_inbox: number | null;
  readonly requests_per_minute: number;
  readonly space_messages: number;
  readonly spaces: number | null;
}

/** Part of `MessageData` and `LinksData`. */
export interface LinkData {
  readonly flags: readonly string[];
  readonly index: number;
  readonly kind: string;
  readonly text: string;
  readonly url: string;
}

/** Answer of `getLinks`. */
export interface LinksData {
  readonly count: number;
  readonly links: readonly LinkData[];
  readonly message_id: string;
}

/** Answer 409 of `proveNoneCame`. */
export interface MailCameData {
  readonly cursor: number;
  readonly error: string;
  readonly mail: MessageData;
  readonly message: string;
}

/** Part of `LetterDetail`. */
export interface MailInLetter {
  readonly event_id: string;
  readonly forward_paths: readonly string[];
  readonly octets: number;
  readonly received_at: string;
  readonly reverse_path: string;
}

/** Answer of `getMaintenance` and `setMaintenance`. */
export interface MaintenanceData {
  readonly enabled: boolean;
}

/** Part of `MembersData`. */
export interface MemberData {
  readonly accepted_at: string | null;
  readonly account_id: string | null;
  readonly created_at: string;
  readonly email: string;
  readonly id: string;
  readonly name: string | null;
}

/** Answer of `listMembers`. */
export interface MembersData {
  readonly members: readonly MemberData[];
}

/** Answer of `getOperatorMail`, `waitForMessage`, `getMessage` and `changeMessage`. */
export interface MessageData {
  readonly address: string;
  readonly attachments: readonly AttachmentData[];
  readonly authentication: Authentication | null;
  readonly authentication_reason: string;
  readonly bcc: readonly string[];
  readonly body_html: string;
  readonly body_text: string;
  readonly cc: readonly string[];
  readonly date: string | null;
  readonly envelope: EnvelopeData;
  readonly from_address: string;
  readonly from_name: string;
  readonly has_otp: boolean;
  readonly header_fields: readonly (readonly [string, string])[];
  readonly header_message_id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hidden_text: string;
  readonly id: string;
  readonly inbox_id: string;
  readonly is_read: boolean;
  readonly links: readonly LinkData[];
  readonly otp_candidates: readonly CandidateData[];
  readonly otp_detected: string | null;
  readonly parse_status: string;
  readonly raw_size: number;
  readonly received_at: string;
  readonly recipients: readonly string[];
  readonly reply_to: readonly string[];
  readonly subject: string;
  readonly tag: string;
  readonly tags: readonly string[];
  readonly text_preview: string;
  readonly to: readonly string[];
  readonly warnings: readonly string[];
}

/** Answer of `listMessages`. */
export interface MessageEntry {
  readonly attachment_count: number;
  readonly from_address: string;
  readonly has_otp: boolean;
  readonly id: string;
  readonly is_read: boolean;
  readonly link_count: number;
  readonly preview: string;
  readonly raw_size: number;
  readonly received_at: string;
  readonly recipient_count: number;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly tags: readonly string[];
}

/** Part of `WaitTimeoutData`. */
export interface NearMissData {
  readonly failed: readonly string[];
  readonly id: string;
  readonly subject: string;
}

/** Answer of `createAccount`. */
export interface NewAccount {
  readonly api_key: string;
  readonly email: string;
  readonly id: string;
  readonly plan: string;
}

/** Answer of `addSmtpCredentials`. */
export interface NewCredentials {
  readonly created_at: string;
  readonly id: string;
  readonly label: string;
  readonly smtp: SmtpAccess;
}

/** Answer of `createInbox` and `reactivateInbox`. */
export interface NewInbox {
  readonly address: string;
  readonly id: string;
  readonly inbox_expires_at?: string | null;
  readonly label: string | null;
  /** Default: 0 */
  readonly message_count: number;
  readonly token: string;
  /** Default: 0 */
  readonly unread_count: number;
  readonly webhook_secret?: string;
  readonly webhook_url: string | null;
}

/** Answer of `invite`. */
export interface NewInvitation {
  readonly code: string;
  readonly created_at: string;
  readonly email: string;
  readonly expires_at: string | null;
  readonly id: string;
}

/** Answer of `createKey`. */
export interface NewKey {
  readonly allowed_domains: readonly string[];
  readonly expires_at: string | null;
  readonly id: string;
  readonly key_prefix: string;
  readonly label: string;
  readonly plaintext: string;
  readonly scopes: readonly string[];
}

/** Answer of `createAccountKey`. */
export interface NewKeyText {
  readonly api_key: string;
  readonly id: string;
}

/** Answer of `createSpace`. */
export interface NewSpace {
  readonly address: string;
  readonly created_at: string;
  readonly domains: readonly string[];
  readonly expires_at: string | null;
  readonly id: string;
  readonly message_count: number;
  readonly name: string | null;
  readonly retention: Retention;
  readonly smtp: SmtpAccess;
  readonly token: string;
  readonly unread_count: number;
  readonly webhook_secret?: string;
  readonly webhook_url: string | null;
}

/** Answer of `proveNoneCame`. */
export interface NoMail {
  readonly cursor: number;
  readonly drained_up_to: number;
  readonly none: boolean;
}

/** Part of `SessionsData`. */
export interface OpenSession {
  readonly created_at: string;
  readonly expires_at: string;
  readonly id: string;
  readonly is_current: boolean;
}

/** Part of `DomainsOfAllData`. */
export interface OperatorDomain {
  readonly account_id: string | null;
  readonly allow_subdomains: boolean;
  readonly email: string | null;
  readonly kind: string;
  readonly name: string;
  readonly suspended: boolean;
  readonly takes_mail: boolean;
  readonly tier_required: number;
}

/** Answer of `listOperatorMail`. */
export interface OperatorMailEntry {
  readonly from_address: string;
  readonly id: string;
  readonly preview: string;
  readonly raw_size: number;
  readonly received_at: string;
  readonly subject: string;
}

/** Answer of `getOverview`. */
export interface OverviewData {
  readonly accounts: number;
  readonly calls_today: number;
  readonly dead_letters: number;
  readonly grafana_url: string | null;
  readonly inboxes: number;
  readonly is_in_maintenance: boolean;
  readonly is_test_clock: boolean;
  readonly messages: number;
  readonly now: string;
  readonly rejected_today: number;
  readonly version: string;
}

/** Answer of `createHtmlTicket`. */
export interface PageTicketData {
  readonly expires_in: number;
  readonly url: string;
}

/** Answer of `ready`. */
export interface Ready {
  /** Default: true */
  readonly ready: boolean;
}

/** Answer of `listReceipts` and `getReceipt`. */
export interface ReceiptData {
  readonly address: string;
  readonly created_at: string;
  readonly emptied_at: string;
  readonly ending: string;
  readonly expires_at: string | null;
  readonly inbox_id: string;
  readonly message_count: number;
  readonly octets: number;
}

/** Answer of `register`. */
export interface Registered {
  readonly created_at: string;
  readonly email: string;
  readonly id: string;
  readonly plan: string;
}

/** Part of `SpaceEntry`, `NewSpace` and `SpaceData`. */
export interface Retention {
  /** Default: 86400 */
  readonly max_age_seconds: number;
  /** Default: 500 */
  readonly max_messages: number;
}

/** Answer of `logIn`. */
export interface SessionData {
  readonly access_token: string;
  readonly expires_in: number;
  /** Default: bearer */
  readonly token_type: string;
}

/** Answer of `listSessions`. */
export interface SessionsData {
  readonly sessions: readonly OpenSession[];
}

/** Part of `NewSpace`, `SpaceData` and `NewCredentials`. */
export interface SmtpAccess {
  readonly host?: string;
  readonly password?: string;
  readonly port?: number;
  readonly user: string;
}

/** Part of `Discovery`. */
export interface SmtpAddress {
  readonly host?: string;
  readonly port?: number;
}

/** Answer of `getSpace` and `changeSpace`. */
export interface SpaceData {
  readonly address: string;
  readonly created_at: string;
  readonly domains: readonly string[];
  readonly expires_at: string | null;
  readonly id: string;
  readonly message_count: number;
  readonly name: string | null;
  readonly retention: Retention;
  readonly smtp: SmtpAccess;
  readonly unread_count: number;
  readonly webhook_secret?: string;
  readonly webhook_url: string | null;
}

/** Answer of `listSpaces`. */
export interface SpaceEntry {
  readonly address: string;
  readonly created_at: string;
  readonly domains: readonly string[];
  readonly expires_at: string | null;
  readonly id: string;
  readonly name: string | null;
  readonly retention: Retention;
}

/** Part of `Depths`. */
export interface StreamDepth {
  readonly bytes: number;
  readonly first_at: string | null;
  readonly last_at: string | null;
  readonly messages: number;
  readonly name: string;
}

/** Answer of `createStreamTicket`. */
export interface StreamTicketData {
  readonly expires_in: number;
  readonly ticket: string;
}

/** Part of `UsageOfAllData`. */
export interface SubjectData {
  readonly calls: number;
  readonly rejected: number;
  readonly subject: string;
}

/** Answer of `listTags`. */
export interface TagData {
  readonly count: number;
  readonly tag: string;
}

/** Answer of `setDomainTier`. */
export interface TierData {
  readonly name: string;
  readonly tier_required: number;
}

/** Answer of `getTimeline`. */
export interface TimelineData {
  readonly message_id: string;
  readonly received_at: string;
  readonly steps: readonly TimelineStep[];
}

/** Part of `TimelineData`. */
export interface TimelineStep {
  readonly answer?: string;
  readonly at: string;
  readonly attempt?: number;
  readonly delivery_id?: string;
  readonly delivery_status?: string;
  readonly duration_ms?: number;
  readonly error?: string | null;
  readonly is_delivered?: boolean;
  readonly kind: string;
  readonly peer?: string;
  readonly sequence?: number;
  readonly source?: string;
  readonly status?: number | null;
  readonly url?: string | null;
  readonly webhook_id?: string;
}

/** Answer of `getUsage`. */
export interface UsageData {
  readonly active_inboxes: number;
  readonly archived_inboxes: number;
  readonly calls_today: number;
  readonly created_today: number;
  readonly days: readonly DayOfUsage[];
  readonly limits: LimitsData;
  readonly octets: number;
  readonly plan: string;
  readonly spaces: number;
}

/** Answer of `getUsageOfAll`. */
export interface UsageOfAllData {
  readonly calls_today: number;
  readonly days: readonly DayOfUsage[];
  readonly rejected_today: number;
  readonly top: readonly SubjectData[];
}

/** Answer of `verifyDomain`. */
export interface VerificationData {
  readonly mx_error?: string;
  readonly mx_verified: boolean;
  readonly txt_error?: string;
  readonly txt_verified: boolean;
}

/** Answer 408 of `waitForMessage` and 408 of `waitForOtp`. */
export interface WaitTimeoutData {
  readonly cursor: number;
  readonly error: string;
  readonly message: string;
  readonly near_misses: readonly NearMissData[];
}

/** Answer of `listWebhooks`, `createWebhook`, `getWebhook`, `changeWebhook` and `rotateSecret`. */
export interface WebhookData {
  readonly created_at: string;
  readonly description: string;
  readonly disabled_at: string | null;
  readonly disabled_reason: string | null;
  readonly enabled: boolean;
  readonly events: readonly string[];
  readonly failing_since: string | null;
  readonly format: string;
  readonly id: string;
  readonly inbox_id: string | null;
  readonly origin: string;
  readonly previous_secret_until: string | null;
  readonly secret?: string;
  readonly url: string;
}
