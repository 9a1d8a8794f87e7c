/** Inboxes and spaces as entries of one list. Pure. */

import type { models } from "@mayfly-mail/client";

export interface Listed {
  readonly id: string;
  readonly address: string;
  /** A label or a name; "" without one. */
  readonly name: string;
  readonly isSpace: boolean;
  /** ISO 8601; null: until it is deleted. */
  readonly expiresAt: string | null;
}

export function ofInbox(inbox: models.InboxEntry): Listed {
  const { id, address, label, inbox_expires_at } = inbox;
  return { id, address, name: label ?? "", isSpace: false, expiresAt: inbox_expires_at };
}

export function ofSpace(space: models.SpaceEntry): Listed {
  const { id, address, name, expires_at } = space;
  return { id, address, name: name ?? "", isSpace: true, expiresAt: expires_at };
}

/** Whether an address or label has all words of a filter, in any case. */
export function matches(listed: Listed, filter: string): boolean {
  const text = `${listed.address} ${listed.name}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
