/** Says what somebody needs who may not do something: another scope, another key, another plan. Pure. */

import type { Forbidden } from "@mayfly-mail/client";

const RULES: readonly [RegExp, (found: string) => string][] = [
  [/have the scope \*/, () => "Sign in with a key that may do everything, or with e-mail and password."],
  [
    /have the scope (\S+)/,
    (scope) => `Sign in with a key that has the scope ${scope} (or with e-mail and password), or add it to this key.`,
  ],
  [
    /requires plan (\S+)|not included in any plan/,
    () => "The operator changes plans: tell them the id of your account, which is under Account, Security.",
  ],
  [/requires a session, or an API key without/, () => "Sign in with e-mail and password, or with such a key."],
  [
    /goes beyond|only the keys that it made|that makes this one ends/,
    () =>
      "A restricted key makes nothing stronger than itself. Sign in with e-mail and password, or an unrestricted key.",
  ],
  [
    /not authorized for this domain/,
    () => "Add the host of this page to the key's allowed domains, or use another key.",
  ],
];

/** Return what to do about a refusal. */
export function needOf(error: Forbidden): string {
  for (const [pattern, advice] of RULES) {
    const found = pattern.exec(error.message);
    if (found) return advice(found[1] ?? "");
  }
  return "Another key, or another plan, may do this.";
}
