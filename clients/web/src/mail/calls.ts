/** Changes of as many messages as one likes: one call takes a hundred. */

import type { Mayfly, Operation } from "@mayfly-mail/client";
import * as operations from "@mayfly-mail/client/operations";

const MOST_AT_ONCE = 100;

/** Called with the ids of each call that has succeeded. */
type OnDone = (ids: readonly string[]) => void;

/** Mark messages as read or unread. */
export async function markMessages(
  client: Mayfly,
  ids: readonly string[],
  isRead: boolean,
  onDone: OnDone,
): Promise<void> {
  await inParts(client, ids, (some) => operations.changeMessages({ ids: some, is_read: isRead }), onDone);
}

/** Delete messages for good; those that are gone already do not matter. */
export async function deleteMessages(client: Mayfly, ids: readonly string[], onDone: OnDone): Promise<void> {
  await inParts(client, ids, (some) => operations.deleteMessages({ ids: some }), onDone);
}

async function inParts(
  client: Mayfly,
  ids: readonly string[],
  operationFor: (some: readonly string[]) => Operation<unknown>,
  onDone: OnDone,
): Promise<void> {
  for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
    const some = ids.slice(start, start + MOST_AT_ONCE);
    await client.call(operationFor(some));
    onDone(some);
  }
}
