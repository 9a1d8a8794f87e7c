/** Webhooks, domains and usage in words, and what was pasted to open an inbox. */

import { describe, expect, test } from "vitest";
import { recordsOf, stateOf } from "../../../src/account/domains/records.ts";
import { limit, span } from "../../../src/account/usage/figures.ts";
import { eventsIn, eventsOf } from "../../../src/account/webhooks/formats.ts";
import { pretty, took } from "../../../src/account/webhooks/spans.ts";
import { barsOf } from "../../../src/parts/days.ts";
import { pastedIn } from "../../../src/signin/pasted.ts";

describe("the records of a domain", () => {
  const domain = { name: "shop.test", is_public: false, tier_required: 0, id: "1", txt_token: "mayfly-verify=x" };

  test("are one TXT and an MX for each host", () => {
    expect(recordsOf(domain, ["a.test", "b.test"]).map(({ type, name, value }) => [type, name, value])).toEqual([
      ["TXT", "shop.test", "mayfly-verify=x"],
      ["MX", "shop.test", "a.test"],
      ["MX", "shop.test", "b.test"],
    ]);
  });

  test.each([
    ["pending", "not verified yet"],
    ["verified", "verified"],
    ["failing", "its TXT record is gone"],
    ["suspended", "suspended: no mail is taken"],
    ["new", "new"],
  ])("stand %s: %s", (status, words) => {
    expect(stateOf({ ...domain, status })[1]).toBe(words);
  });
});

describe("webhooks", () => {
  test("of other services have received mail only", () => {
    expect(["standard", "vaultmail", "ephemask"].map((format) => eventsOf(format).length)).toEqual([3, 1, 1]);
  });

  test.each([
    ["standard", [], "all events"],
    ["ephemask", [], "received mail"],
    ["standard", ["message.received", "inbox.expired"], "message.received, inbox.expired"],
  ])("%s with %o get %s", (format, events, words) => {
    expect(eventsIn({ format, events })).toBe(words);
  });

  test.each([
    [0.0123, "12 ms"],
    [0.9999, "1000 ms"],
    [15, "15.0 s"],
  ])("%d s took %s", (seconds, words) => {
    expect(took(seconds)).toBe(words);
  });

  test("show JSON with line breaks, and what is none as it is", () => {
    expect([pretty('{"a":1}'), pretty("<b>")]).toEqual(['{\n  "a": 1\n}', "<b>"]);
  });
});

describe("usage", () => {
  const now = Date.UTC(2026, 10, 30, 23, 59);

  test("has a bar for each of 30 days, the last one today", () => {
    const bars = barsOf(
      [
        { day: "2026-11-30", calls: 5, rejected: 2 },
        { day: "2026-11-01", calls: 1, rejected: 0 },
      ],
      now,
    );
    expect(bars).toHaveLength(30);
    expect(bars.map((bar) => bar.value + (bar.more ?? 0))).toEqual([1, ...Array<number>(28).fill(0), 7]);
    expect(new Set(bars.map((bar) => bar.label)).size).toBe(30);
  });

  test.each([
    [1, "1 second"],
    [3600, "1 hour"],
    [604_800, "7 days"],
    [5400, "1.5 hours"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(span(seconds)).toBe(words);
  });

  test("has limits, or none", () => {
    expect([limit(1000), limit(0), limit(null)]).toEqual(["1,000", "0", "unlimited"]);
  });
});

describe("what opens an inbox", () => {
  test.each([
    [" ann@mayfly.test ", "ann@mayfly.test", ""],
    ["https://m.test/ui/inbox/0198#token=mfi_0", "0198", "mfi_0"],
    ["https://m.test/some/prefix/ui/inbox/ann%40mayfly.test", "ann@mayfly.test", ""],
    ["https://m.test/ui/account/keys", "https://m.test/ui/account/keys", ""],
    ["https://", "https://", ""],
  ])("%s is %s", (text, name, token) => {
    expect(pastedIn(text)).toEqual({ name, token });
  });
});
