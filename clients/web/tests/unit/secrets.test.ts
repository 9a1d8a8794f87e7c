/** Secrets that somebody pastes, and answers that refuse them. */

import { describe, expect, test } from "vitest";
import { kindOf, prefixOf } from "../../src/access/kinds.ts";
import { refusalIn } from "../../src/access/refusals.ts";

const KEY = `mfy_0123456789ab_${"c".repeat(48)}`;

describe("what was pasted", () => {
  test.each([
    [KEY, "key"],
    [KEY.slice(0, -1), "broken-key"],
    [`${KEY}0`, "broken-key"],
    [KEY.toUpperCase(), "unknown"],
    [`mfi_${"0".repeat(40)}`, "inbox-token"],
    [`mfc_${"0".repeat(40)}`, "other-secret"],
    ["e30.e30.c2ln", "session"],
    ["operator-token", "unknown"],
    ["", "unknown"],
  ])("%s is a %s", (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  test("a key shows its prefix, other secrets show nothing", () => {
    expect([prefixOf(KEY), prefixOf("e30.e30.c2ln"), prefixOf("")]).toEqual(["0123456789ab", undefined, undefined]);
  });
});

describe("an answer refuses the credentials", () => {
  test.each([
    [401, "unknown API key", "unknown API key"],
    [401, "", "the credentials are not valid"],
    [401, "current_password: wrong password", undefined],
    [403, "this account is suspended", "this account is suspended"],
    [403, "this API key does not have the scope team:read", undefined],
    [404, "no such key", undefined],
  ])("%d %s", (status, message, why) => {
    expect(refusalIn(status, message)).toBe(why);
  });
});
