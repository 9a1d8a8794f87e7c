/** API keys: what is entered, what is sent, what a list shows. */

import type { models } from "@mayfly-mail/client";
import { describe, expect, test } from "vitest";
import { sitesIn } from "../../../src/account/keys/sites.ts";
import { revoked, stateOf } from "../../../src/account/keys/state.ts";
import { NO_WISH, scopesProblem, sentOf, sitesProblem, wishLike } from "../../../src/account/keys/wish.ts";

const NOW = Date.UTC(2026, 10, 30);
const key = (given: Partial<models.ApiKeyData> = {}): models.ApiKeyData => ({
  id: "1",
  key_prefix: "0123456789ab",
  label: "ci",
  is_active: true,
  is_current: false,
  is_usable: true,
  last_used_at: null,
  created_at: new Date(NOW).toISOString(),
  expires_at: null,
  scopes: [],
  allowed_domains: [],
  made_by: [],
  ...given,
});

describe("allowed domains", () => {
  test.each([
    ["example.com", "exactly example.com, at any port"],
    ["*.example.com", "example.com and every host below it, at any port"],
    ["localhost:3000", "localhost:3000 at this port only"],
    ["https://example.com", undefined],
    ["*.example.com:3000", undefined],
    ["exämple.com", undefined],
    ["a".repeat(256), undefined],
  ])("%s means %s", (entry, meaning) => {
    expect(sitesIn(entry)).toEqual([{ entry, meaning }]);
  });

  test("are entries on lines or between commas, each once", () => {
    expect(sitesIn(" a.b, c.d\nc.d\n\n").map((site) => site.entry)).toEqual(["a.b", "c.d"]);
  });
});

describe("the form of a key", () => {
  test("sends no scopes for everything, whatever was chosen before", () => {
    const wish = { ...NO_WISH, label: " ci ", isUnlimited: true, scopes: ["team:read"], sites: "a.b" };
    expect(sentOf(wish)).toEqual({ label: "ci", scopes: [], allowed_domains: ["a.b"] });
  });

  test("never sends an empty choice, which would grant everything", () => {
    expect(scopesProblem({ ...NO_WISH, isUnlimited: false, scopes: [] })).not.toBe("");
    expect(scopesProblem({ ...NO_WISH, isUnlimited: false, scopes: ["team:read"] })).toBe("");
    expect(scopesProblem(NO_WISH)).toBe("");
  });

  test("is not sent with what is no domain", () => {
    expect(sitesProblem({ ...NO_WISH, sites: "a.b https://c.d" })).not.toBe("");
    expect(sitesProblem({ ...NO_WISH, sites: "a.b *.c.d" })).toBe("");
  });

  test("begins like a key that is there", () => {
    const expires_at = new Date(NOW + 7 * 86_400_000).toISOString();
    const like = key({ scopes: ["team:read"], allowed_domains: ["a.b", "c.d"], expires_at });
    expect(wishLike(like)).toEqual({
      label: "ci",
      isUnlimited: false,
      scopes: ["team:read"],
      sites: "a.b\nc.d",
      days: "7",
    });
    expect(wishLike(key({ scopes: ["*"] }))).toMatchObject({ isUnlimited: true, scopes: [], days: "" });
  });
});

describe("a key", () => {
  test.each([
    [{}, "active"],
    [{ is_active: false }, "revoked"],
    [{ expires_at: new Date(NOW).toISOString() }, "expired"],
    [{ expires_at: new Date(NOW + 1).toISOString() }, "active"],
  ])("with %o is %s", (given, state) => {
    expect(stateOf(key(given), NOW)).toBe(state);
  });

  test("takes with it those that it made", () => {
    const keys = [key(), key({ id: "2", made_by: ["1"] }), key({ id: "3", made_by: ["1", "2"] }), key({ id: "4" })];
    expect(revoked(keys, "2").map((each) => each.is_active)).toEqual([true, false, false, true]);
  });
});
