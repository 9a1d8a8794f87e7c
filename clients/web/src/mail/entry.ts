/** Entries of lists of messages, pure: how they are merged, changed and taken out. Newest first, which is by id. */

import type { InboxEvent, models } from "@mayfly-mail/client";

/** One message in a list. In the list of an account it says which inbox it is in. */
export type Entry = models.MessageEntry & {
  readonly inbox_id?: string;
  readonly address?: string;
  /** Known from its announcement alone; the rest comes as soon as calls are left. */
  readonly isPartial?: true;
};

/** What a client, this one or another, did to messages. */
export interface Change {
  readonly what: "read" | "unread" | "tagged" | "deleted" | "emptied" | "anything";
  readonly inboxId: string;
  readonly ids: readonly string[];
  readonly tags: readonly string[];
}

/** Return both lists as one, without doubles; an entry of `newer` stands for the one with its id in `older`. */
export function merged(newer: readonly Entry[], older: readonly Entry[]): readonly Entry[] {
  const found = new Map(older.map((entry) => [entry.id, entry]));
  for (const entry of newer) if (!entry.isPartial || !found.has(entry.id)) found.set(entry.id, entry);
  return [...found.values()].sort((one, other) => (one.id < other.id ? 1 : one.id > other.id ? -1 : 0));
}

/** Return the list after a change; the same list if it changes nothing. */
export function changed(entries: readonly Entry[], change: Change): readonly Entry[] {
  const ids = new Set(change.ids);
  switch (change.what) {
    case "read":
    case "unread":
      return patched(entries, ids, { is_read: change.what === "read" });
    case "tagged":
      return patched(entries, ids, { tags: change.tags });
    case "deleted":
      return without(entries, (entry) => ids.has(entry.id));
    case "emptied":
      return without(entries, (entry) => (entry.inbox_id ?? change.inboxId) === change.inboxId);
    case "anything":
      return entries;
  }
}

/** Whether only reading again shows what a change did. */
export function isUnclear(change: Change): boolean {
  return change.what === "anything" || change.what === "emptied" || change.ids.length === 0;
}

/** Return the change that an event of a stream tells of. */
export function changeOf(data: Readonly<Record<string, unknown>>): Change {
  const what = String(data["what"]);
  return {
    what: (KNOWN.has(what) ? what : "anything") as Change["what"],
    inboxId: String(data["inbox_id"] ?? ""),
    ids: texts(data["ids"]),
    tags: texts(data["tags"]),
  };
}

/** Return what an announcement says of a mail, as an entry. */
export function announced(event: InboxEvent, now: number): Entry {
  const { inbox_id, inbox } = event.data;
  return {
    id: event.messageId,
    subject: event.subject,
    from_address: event.from,
    has_otp: event.hasOtp,
    is_read: false,
    received_at: new Date(momentOf(event.messageId) ?? now).toISOString(),
    preview: "",
    tags: [],
    attachment_count: 0,
    recipients: [],
    recipient_count: 0,
    link_count: 0,
    raw_size: 0,
    isPartial: true,
    ...(typeof inbox_id === "string" ? { inbox_id } : {}),
    ...(typeof inbox === "string" ? { address: inbox } : {}),
  };
}

const KNOWN = new Set(["read", "unread", "tagged", "deleted", "emptied", "anything"]);

function patched(entries: readonly Entry[], ids: ReadonlySet<string>, patch: Partial<Entry>): readonly Entry[] {
  if (!entries.some((entry) => ids.has(entry.id))) return entries;
  return entries.map((entry) => (ids.has(entry.id) ? { ...entry, ...patch } : entry));
}

function without(entries: readonly Entry[], isGone: (entry: Entry) => boolean): readonly Entry[] {
  const left = entries.filter((entry) => !isGone(entry));
  return left.length === entries.length ? entries : left;
}

function texts(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.filter((each) => typeof each === "string") : [];
}

// Ids are UUIDs of version 7 (RFC 9562): the first 48 bits are milliseconds.
function momentOf(id: string): number | undefined {
  const digits = id.replaceAll("-", "");
  return /^[0-9a-f]{12}7[0-9a-f]{19}$/i.test(digits) ? Number.parseInt(digits.slice(0, 12), 16) : undefined;
}
