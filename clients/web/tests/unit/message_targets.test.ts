/** Where links lead, and what is odd about them. */

import { describe, expect, test } from "vitest";
import { readableHost } from "../../src/message/punycode.ts";
import { targetOf } from "../../src/message/targets.ts";

test.each([
  ["xn--mnchen-3ya.de", "münchen.de"],
  ["xn--80ak6aa92e.com", "аррӏе.com"],
  ["www.xn--fiqs8s", "www.中国"],
  ["xn--ls8h.la", "💩.la"],
  ["xn--.test", ".test"],
  ["xn--a-\u00e4.test", "xn--a-\u00e4.test"],
  ["xn--99999999.test", "xn--99999999.test"],
  ["plain.test", "plain.test"],
])("%s reads as %s", (host, readable) => {
  expect(readableHost(host)).toBe(readable);
});

test.each(["on", "a", "-"])("a host of a million letters %j stays as it is, at once", (letter) => {
  const host = `xn--${letter.repeat(1_000_000)}`;
  const started = performance.now();
  expect(readableHost(host)).toBe(host);
  expect(performance.now() - started).toBeLessThan(1_000);
});

describe("a link", () => {
  test.each([
    ["https://shop.test/verify?t=1", "Confirm", "shop.test"],
    ["https://shop.test/", "https://shop.test/", "shop.test"],
    ["https://www.shop.test/a", "shop.test/a", "www.shop.test"],
    ["https://shop.test/a", "WWW.SHOP.TEST", "shop.test"],
    ["https://click.mail.shop.test/a", "shop.test", "click.mail.shop.test"],
    ["https://shop.test:8443/", "Read v1.2.3 now", "shop.test:8443"],
    ["mailto:help@shop.test?subject=x", "help@shop.test", "mailto:help@shop.test"],
    ["tel:+4912345", "Call", "tel:+4912345"],
  ])("to %s, shown as %j, leads to its place without a warning", (url, text, place) => {
    const target = targetOf(url, text);
    expect(target).toMatchObject({ place, warnings: [] });
    expect(target.href).toBeDefined();
  });

  test.each([
    ["https://evil.test/", "https://bank.test/login", "Its text says bank.test"],
    ["https://bank.test.evil.test/", "bank.test", "Its text says bank.test"],
    ["https://evilbank.test/", "bank.test", "Its text says bank.test"],
    ["https://xn--80ak6aa92e.com/", "apple", "The host reads as аррӏе.com"],
    ["https://аррӏе.com/", "apple", "The host reads as аррӏе.com"],
    ["https://bank.test@evil.test/", "Log in", "user name before the host"],
    ["http://192.0.2.7/x", "Log in", "an IP address"],
    ["http://0x7f000001/", "Log in", "an IP address"],
    ["http://[::1]/", "Log in", "an IP address"],
  ])("to %s, shown as %j, has a warning", (url, text, warning) => {
    const { warnings, href } = targetOf(url, text);
    expect(warnings.join("\n")).toContain(warning);
    expect(href).toBeDefined();
  });

  test.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,<script>",
    "blob:https://a/b",
    "acmeapp://x",
    "not a url",
    "",
  ])("to %j cannot be opened from the page", (url) => {
    const { href, warnings } = targetOf(url, "Click");
    expect(href).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  test("to a host of 200,000 letters is shown shortly, with a warning", () => {
    const { place, warnings } = targetOf(`https://${"a".repeat(200_000)}/`, "Confirm");
    expect([place.length < 400, warnings]).toEqual([true, ["Its host has a longer name than any host can have."]]);
  });

  test("of any length is shown shortly", () => {
    const { place, rest } = targetOf(`https://a.test/${"x".repeat(100_000)}`, "y".repeat(100_000));
    expect([place, rest.length < 400]).toEqual(["a.test", true]);
  });
});
