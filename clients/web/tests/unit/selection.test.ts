/** Choosing several messages. */

import { expect, test } from "vitest";
import { Selection } from "../../src/list/selection.ts";

const ALL = ["a", "b", "c", "d", "e"];
const chosen = (selection: Selection): string[] => [...selection.ids.value].sort();

test("one is chosen, and let go of again", () => {
  const selection = new Selection();
  selection.toggle("b");
  expect(chosen(selection)).toEqual(["b"]);
  selection.toggle("b");
  expect(chosen(selection)).toEqual([]);
});

test("a range reaches from the last choice, up or down, and adds to what is chosen", () => {
  const selection = new Selection();
  selection.toggle("e");
  selection.toggle("c");
  selection.reach("a", ALL);
  expect(chosen(selection)).toEqual(["a", "b", "c", "e"]);
});

test("a range without a beginning is one message", () => {
  const selection = new Selection();
  selection.reach("b", ALL);
  expect(chosen(selection)).toEqual(["b"]);
});

test("what is gone is chosen no more", () => {
  const selection = new Selection();
  selection.choose(ALL);
  selection.keep((id) => id > "c");
  expect(chosen(selection)).toEqual(["d", "e"]);
});
