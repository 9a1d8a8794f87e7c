import assert from "node:assert/strict";
import { test } from "node:test";
import { lifetime, milliseconds, seconds, shown } from "../../dist/text.js";

test("a duration is milliseconds or a text with a unit", () => {
  const read = [0, 250, "500ms", "30s", "1.5m", "2h", "1d"].map((each) => milliseconds(each, "timeout"));
  assert.deepEqual(read, [0, 250, 500, 30_000, 90_000, 7_200_000, 86_400_000]);
});

for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, "30", "s", "30 parsecs", "-5s", ""]) {
  test(`the duration ${JSON.stringify(wrong)} is refused by its option's name`, () => {
    assert.throws(() => milliseconds(wrong, "within"), { name: "RangeError", message: /^within: / });
  });
}

test("a life of 600 milliseconds is taken for a mistake that says how to write seconds", () => {
  assert.throws(() => lifetime(600), { message: /"600s" or 600000/ });
  assert.equal(lifetime("600s"), 600);
});

test("seconds are written without a long tail", () => {
  assert.deepEqual([30_000, 499, 100, 9.2, 0].map(seconds), ["30 s", "0.5 s", "0.1 s", "10 ms", "0 s"]);
});

test("text of a mail cannot leave its line, move the cursor or turn direction", () => {
  const text = shown('a\n  came: "forged"\u001b[2J\u202eb\u2028c\u0085\ud800');
  assert.match(text, /^"a\\n {2}came: \\"forged\\"\\u001b\[2J\\u202eb\\u2028c\\u0085\\ud800"$/);
});

test("long text is cut between characters", () => {
  assert.equal(shown("😀".repeat(300)), `"${"😀".repeat(200)}…"`);
});
