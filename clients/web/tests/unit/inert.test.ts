/** A mail's HTML, as far as the page itself reads it. */

import { describe, expect, test } from "vitest";
import { inert } from "../../src/message/inert.ts";
import { remoteImages } from "../../src/message/remote_images.ts";

describe("HTML for reading its text", () => {
  test.each([
    ['<p style="color:red">a</p>', '<p data-refused="color:red">a</p>'],
    ["<p\nSTYLE = x>a</p>", "<p\ndata-refused = x>a</p>"],
    ['<img src="x"onerror=alert(1)>', '<img src="x"data-refused=alert(1)>'],
    ["<svg/onload=alert(1)>", "<svg/data-refused=alert(1)>"],
    ["<style>p{color:red}</style>code", "code"],
    ["a<style media=x>p > a { } <!-- < --></STYLE >b", "ab"],
    ["a<style>never ends", "a"],
    ["<p>style=1 onclick=2</p>", "<p>style=1 onclick=2</p>"],
    ['<BASE href="//evil.test/">x', "x"],
    ["<styled>x</styled>", "<styled>x</styled>"],
  ])("%s", (html, expected) => {
    expect(inert(html)).toBe(expected);
  });

  test.each([
    "<a".repeat(300_000),
    "<style><".repeat(100_000),
    `<p ${"style ".repeat(100_000)}`,
    "<img ".repeat(200_000),
    `url(${" ".repeat(200_000)}`,
    `<img src=${" ".repeat(200_000)}`,
  ])("takes no longer where it is broken (%#)", (html) => {
    expect(inert(html).length).toBeLessThanOrEqual(html.length);
    expect(remoteImages(html)).toBe(0);
  });
});

test.each([
  ['<img src="https://cdn.test/a.png">', 1],
  ["<IMG width=1 SRC=//cdn.test/a.png>", 1],
  ["<img\nalt=x\nsrc = ' http://cdn.test/a.png'>", 1],
  ['<img src="cid:logo"><img src="data:image/png;base64,AA">', 0],
  ['<td background="https://cdn.test/a.png">', 1],
  ["<div style=\"background:url('https://cdn.test/a.png')\">", 1],
  ['<div style="background:url(&quot;https://cdn.test/a.png&quot;)">', 1],
  ["<style>@import url(//cdn.test/a.css)</style>", 1],
  ['<a href="https://shop.test">https://shop.test</a>', 0],
  ["src=https://text.test", 0],
])("pictures of the web in %s: %i", (html, number) => {
  expect(remoteImages(html)).toBe(number);
});
