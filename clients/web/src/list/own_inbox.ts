/** Keeps what the server says of an inbox that the page has the token of, for the list of such inboxes. */

import { keepInbox, ownInboxes } from "../access/credentials.ts";
import type { Known } from "../mail/source.ts";

export function keepKnown(name: string | undefined, inbox: Known | undefined): void {
  const own = ownInboxes.peek().find((each) => each.id === name || each.address === name);
  if (!own || !inbox) return;
  const { address, expiresAt } = inbox;
  if (own.address !== address || own.expiresAt !== expiresAt) keepInbox({ ...own, address, expiresAt });
}
