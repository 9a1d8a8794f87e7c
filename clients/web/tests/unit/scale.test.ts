/** The top of a chart's scale. */

import { expect, test } from "vitest";
import { niceTop } from "../../src/parts/scale.ts";

test.each([
  [0, 1],
  [Number.NaN, 1],
  [1, 1],
  [3, 5],
  [10, 10],
  [11, 20],
  [49, 50],
  [51, 100],
  [123_456, 200_000],
])("for %d is %d", (most, top) => {
  expect(niceTop(most)).toBe(top);
});
