/** What may be written next in a search. */

import { expect, test } from "vitest";
import { hintsFor, taken } from "../../src/list/search_hints.ts";

const TAGS = ["smoke", "build 7"];
const texts = (text: string, caret = text.length): string[] => hintsFor(text, caret, TAGS).map((hint) => hint.text);

test.each([
  ["is:", ["is:unread", "is:read", "is:tagged"]],
  ["order IS:U", ["is:unread"]],
  ["-is:u", ["-is:unread"]],
  ["is:unread", []],
  ["fr", ["from:"]],
  ["tag:", ["tag:smoke", 'tag:"build 7"']],
  ['tag:"bu', ['tag:"build 7"']],
  ["order", []],
])("after %j come %j", (text, hints) => {
  expect(texts(text)).toEqual(hints);
});

test("an empty field offers the most useful ones", () => {
  expect(texts("").slice(0, 4)).toEqual(["is:unread", "is:read", "is:tagged", "has:code"]);
});

test("the word at the caret is completed, not the last one", () => {
  expect(texts("fr order", 2)).toEqual(["from:"]);
  expect(taken("fr order", 2, { text: "from:", does: "" })).toEqual({ text: "from: order", caret: 5 });
});

test.each([
  ["order is:u", "is:unread", "order is:unread ", 16],
  ["is:u order", "is:unread", "is:unread order", 10],
  ['x tag:"bu', 'tag:"build 7"', 'x tag:"build 7" ', 16],
])("%j becomes, with %j, %j", (text, hint, result, caret) => {
  const at = text === "is:u order" ? 4 : text.length;
  expect(taken(text, at, { text: hint, does: "" })).toEqual({ text: result, caret });
});
