/** Wishes in URLs, and the same wait as a call of a program: whatever the values are, they stay values. */

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { curl, python, typescript } from "../../src/waiting/snippets.ts";
import { EMPTY, criteriaOf, queryOf, secondsOf, verdicts, wishOf } from "../../src/waiting/wish.ts";
import type { Wish } from "../../src/waiting/wish.ts";

const HOSTILE = [
  "plain",
  "it's",
  '"; rm -rf / #',
  "$(touch /x) `id` ${HOME} $HOME !! \\",
  "'; echo $MAYFLY_API_KEY; '",
  "@/etc/passwd",
  "=a&b=c#d?e",
  "line\nbreak\ttab",
  "\u202eturned\u200b",
  "${alert(1)} </script>",
  "ünï 😀",
  "%s %2B +",
];
const PLACE = { url: "https://mail.test/base", inbox: "ann+tag@mayfly.test", needsKey: true };

describe("a wish in a URL", () => {
  const full: Wish = {
    kind: "link",
    from: "a&b",
    to: "c=d",
    subject: "ü ?",
    body: "re:^x",
    hasCode: "false",
    hasLink: "true",
    link: "/verify",
    timeout: "5",
    since: "beginning",
  };
  test.each([EMPTY, full, ...HOSTILE.map((subject): Wish => ({ ...EMPTY, subject }))])("comes back: %o", (wish) => {
    expect(wishOf(`?${queryOf(wish)}`)).toEqual(wish);
  });

  test("of an empty form has nothing", () => {
    expect(queryOf(EMPTY)).toBe("");
  });

  test("that cannot be is as an empty form, and never longer than a form takes", () => {
    expect(wishOf("?for=evil&has_otp=perhaps&since=never&q=1")).toEqual(EMPTY);
    expect(wishOf(`?subject=${"x".repeat(9_000)}`).subject).toHaveLength(512);
  });
});

test.each([
  ["0", 0],
  ["2.5", 2.5],
  ["600", 600],
  ["601", undefined],
  ["-1", undefined],
  ["", undefined],
  ["1e3", undefined],
])("a timeout of %j is %s", (timeout, seconds) => {
  expect(secondsOf({ ...EMPTY, timeout })).toBe(seconds);
});

test("a mail that came is judged by each criterion of the form, and by what else it failed", () => {
  const wish: Wish = { ...EMPTY, subject: "Reset", from: "re:^shop" };
  expect(criteriaOf(wish)).toEqual({ subject: "Reset", from: "re:^shop", has_otp: true });
  expect(verdicts(wish, ["subject", "link with /x/"])).toEqual([
    { words: "from matches ^shop", isMet: true },
    { words: "subject has “Reset”", isMet: false },
    { words: "a code", isMet: true },
    { words: "link with /x/", isMet: false },
  ]);
});

describe("the call for a shell", () => {
  // A function in the place of curl writes its arguments down, each between angle brackets.
  const argumentsOf = (text: string): string[] => {
    const script = `curl() { printf '<%s>\\n' "$@"; }\n${text}`;
    const said = execFileSync("sh", ["-c", script], { env: { MAYFLY_API_KEY: "mfk_1", PATH: process.env["PATH"] } });
    return [...said.toString().matchAll(/<([^]*?)>\n/g)].map((found) => found[1] ?? "");
  };

  test.each(HOSTILE)("says %j and nothing else", (subject) => {
    const given = argumentsOf(curl({ ...EMPTY, subject, since: "beginning" }, PLACE));
    expect(given.slice(0, 4)).toEqual([
      "-sG",
      "https://mail.test/base/api/v1/inboxes/ann%2Btag%40mayfly.test/otp/wait",
      "-H",
      "Authorization: Bearer mfk_1",
    ]);
    expect(given).toHaveLength(8);
    const [flag, value = ""] = given.slice(4, 6);
    const sent = flag === "--data" ? decodeURIComponent(value) : value;
    expect(sent).toBe(`subject=${subject}`);
    expect(given.slice(6)).toEqual(["--data", "timeout=30"]);
  });

  test("has no key in it, and none is asked for where an address is enough", () => {
    expect(curl(EMPTY, PLACE)).toContain("$MAYFLY_API_KEY");
    expect(curl(EMPTY, { ...PLACE, needsKey: false })).not.toContain("Authorization");
  });

  test("waits a minute at most, and says how to go on", () => {
    const text = curl({ ...EMPTY, kind: "none", timeout: "90" }, PLACE);
    expect(text).toContain("for=60");
    expect(text).toContain("# A call waits 60 s at most");
    expect(text).toContain("/messages/none");
  });
});

describe.each([
  ["Python", python, /subject=("(?:[^"\\]|\\.)*")/],
  ["TypeScript", typescript, /subject: ("(?:[^"\\]|\\.)*")/],
] as const)("the call in %s", (_, write, literal) => {
  test.each(HOSTILE)("has %j as one string", (subject) => {
    const text = write({ ...EMPTY, kind: "message", subject }, PLACE);
    const [, written = ""] = literal.exec(text) ?? [];
    expect(JSON.parse(written)).toBe(subject);
    expect(text).not.toMatch(/[\u202e\u200b]/);
    expect(text.split("\n").length).toBe(write({ ...EMPTY, kind: "message", subject: "x" }, PLACE).split("\n").length);
  });
});

test("programs ask for what the form asks for", () => {
  const wish: Wish = { ...EMPTY, kind: "link", link: "/verify", from: "shop", hasCode: "false", timeout: "20" };
  expect(python(wish, PLACE)).toContain(
    'inbox.wait_for_link("/verify", from_="shop", has_otp=False, timeout=20, after=mark)',
  );
  expect(typescript(wish, PLACE)).toContain(
    'await inbox.waitForLink("/verify", { from: "shop", hasOtp: false, timeout: "20s", after: mark })',
  );
});
