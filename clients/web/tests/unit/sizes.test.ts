/** Sizes and numbers in words. */

import { expect, test } from "vitest";
import { countOf, several, sizeOf } from "../../src/parts/sizes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1 kB"],
  [1_450, "1.4 kB"],
  [99_949, "99.9 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1 MB"],
  [26_214_400, "26.2 MB"],
  [5e15, "5000 TB"],
])("%d octets are %s", (octets, text) => {
  expect(sizeOf(octets)).toBe(text);
});

test("numbers have groups of digits", () => {
  expect([countOf(0), countOf(12_480)]).toEqual(["0", "12,480"]);
});

test("one is singular, all else plural", () => {
  expect([0, 1, 2].map((number) => several(number, "message"))).toEqual(["0 messages", "1 message", "2 messages"]);
  expect(several(2, "inbox", "inboxes")).toBe("2 inboxes");
});
