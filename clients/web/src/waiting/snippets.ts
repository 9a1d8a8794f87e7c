/**
 * The same wait as a program would do it: curl, Python, TypeScript. Pure. Values may be hostile, since they come from a
 * URL: each is quoted so that it stays a value. The key is never written; it comes from the environment.
 */

import { criteriaOf, secondsOf } from "./wish.ts";
import type { Wish } from "./wish.ts";

export interface Surroundings {
  /** The URL of the API. */
  readonly url: string;
  /** Address or id of the inbox. */
  readonly inbox: string;
  /** Whether the inbox opens to a key only. */
  readonly needsKey: boolean;
}

/** The API waits so long at most in one call. */
const LONGEST_CALL = 60;
const DEFAULT_SECONDS = 30;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/** Return the call for a POSIX shell. */
export function curl(wish: Wish, { url, inbox, needsKey }: Surroundings): string {
  const seconds = secondsOf(wish) ?? DEFAULT_SECONDS;
  const isNone = wish.kind === "none";
  const path = isNone ? "messages/none" : wish.kind === "code" ? "otp/wait" : "messages/wait";
  const { has_otp, ...rest } = criteriaOf(wish);
  // The call for a code asks for one by itself.
  const criteria = wish.kind === "code" || has_otp === undefined ? rest : { ...rest, has_otp };
  const base = `${url}/api/v1/inboxes/${encodeURIComponent(inbox)}`;
  const key = needsKey ? ` \\\n  -H "Authorization: Bearer $MAYFLY_API_KEY"` : "";
  const time = `${isNone ? "for" : "timeout"}=${Math.min(seconds, LONGEST_CALL)}`;
  const fields = [...Object.entries(criteria).map(([name, value]) => field(name, String(value))), `--data ${time}`];
  const after = wish.since === "now" ? [`--data "after=$cursor"`] : [];
  const call = `curl -sG ${shell(`${base}/${path}`)}${key} \\\n  ${[...fields, ...after].join(" \\\n  ")}`;
  const cursor = `cursor=$(curl -s -o /dev/null -D - ${shell(`${base}/messages?limit=1&consistent=true`)}${key} |\n  tr -d '\\r' | awk -F': ' 'tolower($1) == "x-cursor" {print $2}')`;
  const longer =
    seconds > LONGEST_CALL
      ? `# A call waits ${LONGEST_CALL} s at most: repeat it with the cursor of its answer as after.\n`
      : "";
  return `${wish.since === "now" ? `${cursor}\n` : ""}${longer}${call}`;
}

/** Return the call with the package mayfly-mail. */
export function python(wish: Wish, { url, inbox }: Surroundings): string {
  const names: Record<string, string> = { from: "from_" };
  const given = argumentsOf(wish, (name, value) => `${names[name] ?? name}=${pythonValue(value)}`);
  const verb = { code: "wait_for_code", message: "wait_for_message", link: "wait_for_link", none: "wait_for_none" };
  const span = `${wish.kind === "none" ? "within" : "timeout"}=${secondsOf(wish) ?? DEFAULT_SECONDS}`;
  const after = wish.since === "now" ? ["after=mark"] : [];
  const pattern = wish.kind === "link" && wish.link !== "" ? [quoted(wish.link)] : [];
  const call = `inbox.${verb[wish.kind]}(${[...pattern, ...given, span, ...after].join(", ")})`;
  return [
    "from mayfly_mail import Mayfly",
    "",
    `with Mayfly(${quoted(url)}) as mayfly:  # the key is in $MAYFLY_API_KEY`,
    `    inbox = mayfly.open(${quoted(inbox)})`,
    ...(wish.since === "now" ? ["    mark = inbox.cursor()", "    # Here your program causes the mail."] : []),
    wish.kind === "none" ? `    ${call}` : `    print(${call})`,
  ].join("\n");
}

/** Return the call with the package @mayfly-mail/client. */
export function typescript(wish: Wish, { url, inbox }: Surroundings): string {
  const names: Record<string, string> = { has_otp: "hasOtp", has_link: "hasLink" };
  const given = argumentsOf(wish, (name, value) => `${names[name] ?? name}: ${scriptValue(value)}`);
  const verb = { code: "waitForCode", message: "waitForMessage", link: "waitForLink", none: "waitForNone" };
  const span = `${wish.kind === "none" ? "within" : "timeout"}: "${secondsOf(wish) ?? DEFAULT_SECONDS}s"`;
  const after = wish.since === "now" ? ["after: mark"] : [];
  const pattern = wish.kind === "link" && wish.link !== "" ? `${quoted(wish.link)}, ` : "";
  const call = `await inbox.${verb[wish.kind]}(${pattern}{ ${[...given, span, ...after].join(", ")} })`;
  return [
    'import { Mayfly } from "@mayfly-mail/client";',
    "",
    `const mayfly = new Mayfly({ url: ${quoted(url)} }); // the key is in $MAYFLY_API_KEY`,
    `const inbox = await mayfly.open(${quoted(inbox)});`,
    ...(wish.since === "now" ? ["const mark = await inbox.cursor();", "// Here your program causes the mail."] : []),
    wish.kind === "none" ? `${call};` : `console.log(String(${call}));`,
  ].join("\n");
}

// What the verb asks for by itself is no argument of it.
function argumentsOf(wish: Wish, write: (name: string, value: string | boolean) => string): string[] {
  const own = { code: "has_otp", link: "has_link", message: "", none: "" }[wish.kind];
  return (Object.entries(criteriaOf(wish)) as [string, string | boolean][])
    .filter(([name]) => name !== own)
    .map(([name, value]) => write(name, value));
}

function pythonValue(value: string | boolean): string {
  return typeof value === "boolean" ? (value ? "True" : "False") : quoted(value);
}

function scriptValue(value: string | boolean): string {
  return typeof value === "boolean" ? String(value) : quoted(value);
}

/** A string literal of Python and of JavaScript. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function field(name: string, value: string): string {
  UNSEEN.lastIndex = 0;
  // A control character does not survive being pasted into a terminal; percent-encoded it does.
  if (UNSEEN.test(value)) return `--data ${shell(`${name}=${percentEncoded(value)}`)}`;
  return `--data-urlencode ${shell(`${name}=${value}`)}`;
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** One word of a POSIX shell. */
function shell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
