/** Entries of lists: merging and changes. */

import { describe, expect, test } from "vitest";
import { announced, changeOf, changed, isUnclear, merged } from "../../src/mail/entry.ts";
import type { Entry } from "../../src/mail/entry.ts";

function entry(id: string, more: Partial<Entry> = {}): Entry {
  return {
    id,
    subject: `Mail ${id}`,
    from_address: "shop@a.example",
    has_otp: false,
    is_read: false,
    received_at: "2026-11-30T12:00:00Z",
    preview: "Hello",
    tags: [],
    attachment_count: 0,
    link_count: 0,
    raw_size: 100,
    recipients: [],
    recipient_count: 0,
    ...more,
  };
}
const ids = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id);

describe("merging", () => {
  test("keeps the newest first, each once", () => {
    expect(ids(merged([entry("5"), entry("2")], [entry("4"), entry("2"), entry("1")]))).toEqual(["5", "4", "2", "1"]);
  });

  test("takes what was read later", () => {
    expect(merged([entry("1", { is_read: true })], [entry("1")])[0]?.is_read).toBe(true);
  });

  test("does not put an announcement in the place of what was read", () => {
    expect(merged([entry("1", { isPartial: true, preview: "" })], [entry("1")])[0]?.preview).toBe("Hello");
  });
});

describe("a change", () => {
  const list = [entry("3", { inbox_id: "b" }), entry("2", { inbox_id: "a" }), entry("1", { inbox_id: "a" })];
  const change = (what: string, more: object = {}) => changeOf({ inbox_id: "a", what, ids: ["2"], ...more });

  test("of marks is shown in the entries that it names", () => {
    const read = changed(list, change("read"));
    expect([read.map((each) => each.is_read), changed(read, change("unread"))]).toEqual([[false, true, false], list]);
  });

  test("of tags replaces them", () => {
    expect(changed(list, change("tagged", { tags: ["x"] }))[1]?.tags).toEqual(["x"]);
  });

  test("takes out what was deleted, and all of an inbox that was emptied", () => {
    expect([ids(changed(list, change("deleted"))), ids(changed(list, change("emptied")))]).toEqual([["3", "1"], ["3"]]);
  });

  test("that touches nothing leaves the same list", () => {
    expect([changed(list, change("read", { ids: ["9"] })), changed(list, change("new kind"))]).toEqual([list, list]);
    expect(changed(list, change("deleted", { ids: ["9"] }))).toBe(list);
  });

  test("is unclear where it names no message, or is of an unknown kind", () => {
    expect([change("read"), change("read", { ids: [] }), change("new kind")].map(isUnclear)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

test("an announcement makes an entry, with the time of its id", () => {
  const data = { inbox: "ann@mayfly.test", inbox_id: "b" };
  const event = { type: "message", cursor: 7, data, inboxId: "b", subject: "Hi", from: "a@b.example", hasOtp: true };
  const made = announced({ ...event, messageId: "019ad4f0-0000-7000-8000-000000000000" }, 0);
  expect(made).toMatchObject({
    subject: "Hi",
    has_otp: true,
    inbox_id: "b",
    address: "ann@mayfly.test",
    isPartial: true,
  });
  expect([made.received_at, announced({ ...event, messageId: "x" }, 0).received_at]).toEqual([
    new Date(0x019ad4f00000).toISOString(),
    new Date(0).toISOString(),
  ]);
});
