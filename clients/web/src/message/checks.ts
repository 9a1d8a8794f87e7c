/** What the results of SPF, DKIM and DMARC mean (RFC 8601 section 2.7). Pure. */

export type Check = "spf" | "dkim" | "dmarc";

export const CHECKS: readonly (readonly [Check, string, string])[] = [
  ["spf", "SPF", "whether this server may send mail for the domain of the envelope's sender"],
  ["dkim", "DKIM", "whether the signature of the mail is right, so that it was not changed"],
  ["dmarc", "DMARC", "whether SPF or DKIM vouch for the domain of the From field"],
];

const SPF: Readonly<Record<string, string>> = {
  pass: "The domain of the sender lists this server.",
  fail: "The domain of the sender says that this server may not send its mail. Many receivers refuse it.",
  softfail:
    "The domain of the sender says that this server probably may not send its mail. Receivers often call it spam.",
  neutral: "The domain of the sender says nothing about this server.",
  none: "The domain of the sender has no SPF record.",
};
const DKIM: Readonly<Record<string, string>> = {
  pass: "A signature is right: the domain that signed it vouches for the mail, and nothing was changed since.",
  fail: "A signature is wrong: the mail was changed on its way, or signed with another key.",
  policy: "A signature is right, but not of a kind that is accepted.",
  neutral: "There is a signature, but it cannot be read.",
  none: "The mail is not signed.",
};
const DMARC: Readonly<Record<string, string>> = {
  pass: "The domain of the From field is vouched for.",
  fail: "Neither SPF nor DKIM vouches for the domain of the From field. Receivers follow that domain's policy: often spam, or refused.",
  none: "The domain of the From field has no DMARC record.",
};
const EVERY: Readonly<Record<string, string>> = {
  temperror: "The DNS did not answer, so it is not known. Another mail may get another result.",
  permerror: "The domain's record in the DNS is wrong.",
};
const MEANINGS = { spf: SPF, dkim: DKIM, dmarc: DMARC } as const;

/** Say what a result means. */
export function meaningOf(check: Check, result: string): string {
  return MEANINGS[check][result] ?? EVERY[result] ?? "";
}

/** Return how good a result is. */
export function gradeOf(result: string): "good" | "bad" | "open" {
  if (result === "pass") return "good";
  return ["fail", "softfail", "permerror", "policy"].includes(result) ? "bad" : "open";
}
