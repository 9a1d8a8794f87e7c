/** Where a code stands in the text it was found in. */

import { describe, expect, test } from "vitest";
import { confidence, excerpt, percent, placeIn, unitOf } from "../../src/message/spans.ts";

describe("the place of a code", () => {
  test.each([
    ["Your code: 482193", [11, 17], "482193", 11],
    ["🔑🔑 482193", [3, 9], "482193", 5], // the server counts characters, a string UTF-16 units
    ["482-193", [0, 7], "482-193", 0],
    ["line\n 48 21 93 end", [6, 14], "48 21 93", 6],
  ] as const)("in %j is where the server says", (text, span, display, start) => {
    expect(placeIn(text, span, display)).toEqual({ start, end: start + display.length });
  });

  test("is the nearest one, where the text is not quite what the server counted in", () => {
    const text = "482193 is old. 482193 is new. 482193";
    expect(placeIn(text, [18, 24], "482193")?.start).toBe(15);
    expect(placeIn(text, [24, 30], "482193")?.start).toBe(30);
    expect(placeIn(text, [900, 906], "482193")?.start).toBe(30);
  });

  test("is unknown in a text that does not have it", () => {
    expect(placeIn("nothing here", [0, 6], "482193")).toBeUndefined();
    expect(placeIn("nothing here", [0, 0], "")).toBeUndefined();
  });

  test("is never within a character", () => {
    expect(unitOf("😀a", 1)).toBe(2);
    expect(unitOf("abc", 99)).toBe(3);
  });
});

describe("an excerpt", () => {
  test("of a short text is all of it", () => {
    expect(excerpt("Code: 1234.", { start: 6, end: 10 })).toEqual({ before: "Code: ", found: "1234", after: "." });
  });

  test("of a long one is cut at words, and says so", () => {
    const { before, found, after } = excerpt(`${"word ".repeat(200)}1234${" more".repeat(200)}`, {
      start: 1000,
      end: 1004,
    });
    expect(before).toMatch(/^…word (word )+$/);
    expect(found).toBe("1234");
    expect(after).toMatch(/^( more)+…$/);
    expect(before.length + after.length).toBeLessThan(300);
  });

  test("cuts no character in two, and is short where there are no words", () => {
    const text = `${"😀".repeat(300)}1234${"😀".repeat(300)}`;
    const { before, after } = excerpt(text, { start: 600, end: 604 });
    expect(before + after).not.toMatch(/\p{Surrogate}/u);
    expect(before.length).toBeLessThan(150);
  });
});

test.each([
  [1, "practically certain", "100 %"],
  [0.9999, "practically certain", "99.9 %"],
  [0.95, "very likely", "95 %"],
  [0.5, "likely", "50 %"],
  [0.034, "very unlikely", "3.4 %"],
])("%d is %s", (probability, words, number) => {
  expect([confidence(probability), percent(probability)]).toEqual([words, number]);
});
