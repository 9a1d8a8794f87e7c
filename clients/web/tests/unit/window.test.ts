/** The part of a long list that is in view. */

import { describe, expect, test } from "vitest";
import { rowsIn, topAfter, topToShow } from "../../src/list/window.ts";

const ROW = 10;
const view = (top: number) => ({ top, height: 100 });
const places = (ids: readonly string[]) => new Map(ids.map((id, index) => [id, index]));
const BEFORE = Array.from({ length: 50 }, (_, index) => `m${index}`);

test("the rows in view are rendered, with some to spare", () => {
  expect([rowsIn(view(0), ROW, 1_000), rowsIn(view(500), ROW, 1_000), rowsIn(view(0), ROW, 3)]).toEqual([
    [0, 16],
    [44, 66],
    [0, 3],
  ]);
  expect(rowsIn(view(9_000), ROW, 3)).toEqual([3, 3]);
});

describe("after rows came above", () => {
  const after = places(["new2", "new1", ...BEFORE]);

  test("what is read stays where it is", () => {
    expect(topAfter(view(123), ROW, BEFORE, after, undefined)).toBe(143);
  });

  test("at the top the newest are shown", () => {
    expect([topAfter(view(0), ROW, BEFORE, after, undefined), topAfter(view(0), ROW, BEFORE, after, "m3")]).toEqual([
      0, 0,
    ]);
  });

  test("at the top the row with the focus does not leave the view", () => {
    expect(topAfter(view(0), ROW, BEFORE, after, "m9")).toBe(20);
  });
});

test("after the row at the edge was deleted, the next one takes its place", () => {
  expect(topAfter(view(100), ROW, BEFORE, places(BEFORE.filter((id) => id !== "m10")), undefined)).toBe(90);
});

test("after everything above was deleted, the list begins where it can", () => {
  expect(topAfter(view(100), ROW, BEFORE, places(BEFORE.slice(20)), undefined)).toBe(0);
});

test("a row comes into view with as little movement as it takes", () => {
  expect([topToShow(view(50), ROW, 2), topToShow(view(50), ROW, 8), topToShow(view(50), ROW, 30)]).toEqual([
    20, 50, 210,
  ]);
});
