/** Calls of the API that have no generated function: those of other services' dialects. */

import type { Operation } from "@mayfly-mail/client";

/** An entry of the list of members as MinuteMail shows it: with what its maker gave. */
export interface RosterEntry {
  readonly id: string;
  readonly status: string;
  readonly user_id: string | null;
}

/** Revoke every API key of the account (MinuteMail). */
export function revokeAllKeys(accountId: string): Operation<unknown> {
  return sending("minutemail_delete_keys", "DELETE", "/v1/api-keys", { owner: accountId });
}

/** List members and names as they were given (MinuteMail). */
export function listRoster(): Operation<{ members: RosterEntry[] }> {
  return { name: "minutemail_list_members", method: "GET", target: "/v1/members", answer: "json" };
}

/** Set the account webhook, in the place of the one before (Ephemask). */
export function setAccountWebhook(url: string): Operation<{ url: string; secret: string }> {
  return sending("ephemask_set_webhook", "PUT", "/user/webhook", { url });
}

/** Delete the account webhook (Ephemask). */
export function deleteAccountWebhook(): Operation<void> {
  return { name: "ephemask_delete_webhook", method: "DELETE", target: "/user/webhook", answer: "nothing" };
}

function sending<T>(name: string, method: string, target: string, body: object): Operation<T> {
  return { name, method, target, answer: "json", body: JSON.stringify(body), contentType: "application/json" };
}
