/** Moments in words. */

import { expect, test } from "vitest";
import { left, offsetOf, relativeTo } from "../../src/parts/time.tsx";

const NOW = Date.UTC(2026, 10, 30);

test.each([
  [0, "now"],
  [-9_000, "now"],
  [-59_000, "59 seconds ago"],
  [-60_000, "1 minute ago"],
  [-3_599_000, "59 minutes ago"],
  [-7_200_000, "2 hours ago"],
  [-86_400_000, "yesterday"],
  [3_600_000, "in 1 hour"],
])("%d ms from now is %s", (distance, text) => {
  expect(relativeTo(NOW + distance, NOW)).toBe(text);
});

test.each([
  [-1, "ended"],
  [0, "ended"],
  [1, "0:01"],
  [59_001, "1:00"],
  [545_000, "9:05"],
  [3_600_000, "1:00:00"],
  [90_000_000, "1 d 1 h"],
])("%d ms are left: %s", (milliseconds, text) => {
  expect(left(milliseconds)).toBe(text);
});

test.each([
  ["Mon, 30 Nov 2026 00:00:00 GMT", 0],
  ["Mon, 30 Nov 2026 00:00:12 GMT", 0],
  ["Mon, 30 Nov 2026 02:00:00 GMT", 7_200_000],
  ["Sun, 29 Nov 2026 22:00:00 GMT", -7_200_000],
  ["no date", 0],
  [null, 0],
])("a server that says %s is ahead by %d ms", (date, offset) => {
  expect(offsetOf(date, NOW)).toBe(offset);
});
