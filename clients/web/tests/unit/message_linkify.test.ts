/** Links in a plain text, also in one that was written to do harm. */

import { describe, expect, test } from "vitest";
import { blocksOf, piecesOf } from "../../src/message/linkify.ts";

const urls = (text: string, most = 100): string[] =>
  piecesOf(text, most).flatMap((piece) => (piece.url === undefined ? [] : [piece.url]));

describe("the links of a text", () => {
  test.each([
    ["See https://a.test/x.", "https://a.test/x"],
    ["(https://a.test/x_(y))", "https://a.test/x_(y)"],
    ["<HTTPS://A.test/?q=1&b=2>", "HTTPS://A.test/?q=1&b=2"],
    ['href="http://a.test/"', "http://a.test/"],
    ["*https://a.test*", "https://a.test"],
    ["https://a.test/ü?x=ä#z!", "https://a.test/ü?x=ä#z"],
  ])("%j", (text, url) => {
    expect(urls(text)).toEqual([url]);
  });

  test.each(["javascript:alert(1)", "https://", "http:///x", "data:text/html,x", "www.a.test", "xhttps ://a"])(
    "%j has none",
    (text) => {
      expect(urls(text)).toEqual([]);
    },
  );

  test("end before characters that turn the direction of writing", () => {
    expect(urls("https://a.test/\u202egnp.exe")).toEqual(["https://a.test/"]);
  });

  test("are so many at most; the rest stays text", () => {
    const pieces = piecesOf("http://a.test ".repeat(50), 3);
    expect(pieces.filter((piece) => piece.url)).toHaveLength(3);
    expect(pieces.map((piece) => piece.text).join("")).toBe("http://a.test ".repeat(50));
  });
});

test("what is marked is marked within a link too, and nothing is lost", () => {
  const text = "Go to https://a.test/482193/x now";
  const start = text.indexOf("482193");
  const pieces = piecesOf(text, 10, { start, end: start + 6 });
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(pieces.filter((piece) => piece.isMarked)).toEqual([
    { text: "482193", url: "https://a.test/482193/x", isMarked: true },
  ]);
});

describe("blocks", () => {
  test.each([
    ["lines", "a line of text\n".repeat(70_000)],
    ["one line", "x".repeat(1_000_000)],
    ["emoji", "😀".repeat(100_000)],
    ["nothing", ""],
  ])("of %s are the text again", (_, text) => {
    const blocks = blocksOf(text);
    expect(blocks.map((block) => block.text).join("")).toBe(text);
    expect(blocks.every((block) => block.text.length <= 8_192 && text.startsWith(block.text, block.start))).toBe(true);
    expect(blocks.some((block) => /\p{Surrogate}/u.test(block.text))).toBe(false);
  });
});

test.each([
  ["slashes", "https://".repeat(125_000)],
  ["brackets", `https://a.test/${")".repeat(1_000_000)}`],
  ["bracketed links", `https://a.test/${")".repeat(2_000)} `.repeat(500)],
  ["links", "https://a.test/x ".repeat(60_000)],
])("a megabyte of %s is read in seconds", (_, text) => {
  const began = performance.now();
  blocksOf(text).forEach((block) => piecesOf(block.text, 100_000));
  piecesOf(text, 100_000);
  expect(performance.now() - began).toBeLessThan(4_000);
});
