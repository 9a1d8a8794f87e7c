/** The clients of this Mayfly's API, each with the credentials that fit, and what the server says of itself. */

import { Mayfly } from "@mayfly-mail/client";
import type { models } from "@mayfly-mail/client";
import { discover } from "@mayfly-mail/client/operations";
import { computed, signal } from "@preact/signals";
import { accountKey, operatorToken, ownInboxes, tokenOf } from "./credentials.ts";
import { watching } from "./refused.ts";
import { setClock } from "../parts/time.tsx";
import { API } from "../shell/roots.ts";

/** What `GET /` says; undefined until it has answered. */
export const discovery = signal<models.Discovery | undefined>(undefined);
/** The client with the account's key, or without credentials. */
export const account = computed(() => clientWith(accountKey.value, watching(accountKey.value)));
/** The client with the operator's token. */
export const operator = computed(() => clientWith(operatorToken.value));
/** Whether an account's key or session is there. */
export const isSignedIn = computed(() => accountKey.value !== "");

const ofInboxes = computed(() => new Map(ownInboxes.value.map((inbox) => [inbox.id, clientWith(inbox.token)])));

/** Why the server could not be asked; undefined if it could. */
export const discoveryError = signal<unknown>(undefined);

/** Ask the server what it is. */
export async function discoverServer(): Promise<void> {
  try {
    const { data, headers } = await clientWith("").send<models.Discovery>(discover());
    setClock(headers.get("date"));
    discovery.value = data;
    discoveryError.value = undefined;
  } catch (error) {
    discoveryError.value = error;
  }
}

/** Return the client that may read this inbox: with its token where the page has it, else with the account's key. */
export function clientOf(inbox: string): Mayfly {
  const token = tokenOf(inbox);
  return (token !== undefined && ofInboxes.value.get(inbox)) || (token ? clientWith(token) : account.value);
}

/** Return a client with these credentials, or without any. */
export function clientWith(credentials: string, using?: typeof fetch): Mayfly {
  // A person who looks at a page waits for seconds, not for a minute.
  return new Mayfly({ url: API, apiKey: credentials, retryFor: "10s", fetch: using });
}
