/**
 * Notices that the server takes the account's key or session no more: revoked, expired, logged out or suspended. The shell
 * says so once, over any screen, for as long as `refusal` says why.
 */

import { computed, signal } from "@preact/signals";
import { accountKey } from "./credentials.ts";
import { refusalIn } from "./refusals.ts";

const last = signal({ key: "", why: "" });

/** Why the key that the page uses is refused, in the server's words; undefined while it works. */
export const refusal = computed(() =>
  accountKey.value !== "" && last.value.key === accountKey.value ? last.value.why : undefined,
);

/** Note that the server refuses this key. Who follows a stream with it calls this when the stream is refused. */
export function noteRefused(key: string, why = "The key or session was revoked."): void {
  last.value = { key, why };
}

/** Return a `fetch` that notes when the server refuses this key. */
export function watching(key: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.status === 401 || response.status === 403) {
      const why = refusalIn(response.status, await messageOf(response.clone()));
      if (why !== undefined) noteRefused(key, why);
    }
    return response;
  };
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { message } = (await response.json()) as { message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    return ""; // a proxy's page
  }
}
