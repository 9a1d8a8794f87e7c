/** Commands that send a first mail. */

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandFor } from "../../src/parts/sending.ts";

const SERVER = { host: "127.0.0.1", port: 1025 };

test("an address stays one word of the shell, whatever it has", () => {
  const to = "o'neil$(id)@mayfly.test";
  const line = commandFor("swaks", SERVER, to).replace(/^swaks/, "printf '%s\\n'");
  expect(execFileSync("sh", ["-c", line], { encoding: "utf8" }).split("\n")).toContain(to);
});

test("curl sends a whole mail", () => {
  const line = commandFor("curl", SERVER, "ann@mayfly.test").replace(/\| curl.*$/, "");
  expect(execFileSync("sh", ["-c", line], { encoding: "utf8" })).toBe(
    "From: shop@example.com\nTo: ann@mayfly.test\nSubject: Welcome\n\nYour code is 482193\n",
  );
});

test("an IPv6 address stands in brackets", () => {
  expect(commandFor("curl", { host: "::1", port: 25 }, "a@b.test")).toContain("smtp://[::1]:25");
});
