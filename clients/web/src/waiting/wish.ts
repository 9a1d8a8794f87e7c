/** What is waited for, as the form has it, and as the URL has it so that it can be shared. Pure; nothing secret is in it. */

export type Kind = "code" | "message" | "link" | "none";
export type Either = "" | "true" | "false";
export type Since = "now" | "beginning";

export interface Wish {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly hasCode: Either;
  readonly hasLink: Either;
  /** Part of the URL of the link. */
  readonly link: string;
  /** Seconds. */
  readonly timeout: string;
  readonly since: Since;
}

export const EMPTY: Wish = {
  kind: "code",
  from: "",
  to: "",
  subject: "",
  body: "",
  hasCode: "",
  hasLink: "",
  link: "",
  timeout: "30",
  since: "now",
};

export const LONGEST_SECONDS = 600;
const LONGEST_PATTERN = 512;
const NAMES: Readonly<Record<Exclude<keyof Wish, "kind">, string>> = {
  from: "from",
  to: "to",
  subject: "subject",
  body: "body",
  hasCode: "has_otp",
  hasLink: "has_link",
  link: "link",
  timeout: "timeout",
  since: "since",
};

/** Return the query of a URL that has this wish; what is as in an empty form is left out. */
export function queryOf(wish: Wish): string {
  const query = new URLSearchParams(wish.kind === EMPTY.kind ? {} : { for: wish.kind });
  for (const [field, name] of Object.entries(NAMES) as [Exclude<keyof Wish, "kind">, string][]) {
    if (wish[field] !== EMPTY[field]) query.set(name, wish[field]);
  }
  return query.toString();
}

/** Return the wish of a URL's query. What cannot be is as in an empty form. */
export function wishOf(query: string): Wish {
  const given = new URLSearchParams(query);
  const text = (field: Exclude<keyof Wish, "kind">): string =>
    (given.get(NAMES[field]) ?? "").slice(0, LONGEST_PATTERN);
  const one = <T extends string>(value: string | null, known: readonly T[], otherwise: T): T =>
    known.find((each) => each === value) ?? otherwise;
  return {
    kind: one(given.get("for"), ["code", "message", "link", "none"], EMPTY.kind),
    from: text("from"),
    to: text("to"),
    subject: text("subject"),
    body: text("body"),
    hasCode: one(text("hasCode"), ["", "true", "false"], ""),
    hasLink: one(text("hasLink"), ["", "true", "false"], ""),
    link: text("link"),
    timeout: given.get(NAMES.timeout) === null ? EMPTY.timeout : text("timeout").slice(0, 9),
    since: one(text("since"), ["now", "beginning"], EMPTY.since),
  };
}

/** The criteria of a wish under the API's names, without those that are not set. */
export interface Criteria {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly has_otp?: boolean;
  readonly has_link?: boolean;
}

/** Return the criteria that a wait for this wish has. To wait for a code or a link is a criterion itself. */
export function criteriaOf(wish: Wish): Criteria {
  const texts = (["from", "to", "subject", "body"] as const).filter((name) => wish[name] !== "");
  const code = wish.kind === "code" ? "true" : wish.hasCode;
  const link = wish.kind === "link" ? "true" : wish.hasLink;
  return {
    ...Object.fromEntries(texts.map((name) => [name, wish[name]])),
    ...(code === "" ? {} : { has_otp: code === "true" }),
    ...(link === "" ? {} : { has_link: link === "true" }),
  };
}

/** Return the seconds of a wish; undefined if its timeout is no number from 0 to 600. */
export function secondsOf({ timeout }: Wish): number | undefined {
  const seconds = /^\d+(?:\.\d+)?$/.test(timeout.trim()) ? Number(timeout) : Number.NaN;
  return seconds >= 0 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** Say one criterion in words: `subject has "Reset"`. */
function inWords(name: string, value: string | boolean | undefined): string {
  if (typeof value === "boolean") {
    const thing = name === "has_otp" ? "code" : "link";
    return value ? `a ${thing}` : `no ${thing}`;
  }
  if (value?.startsWith("re:")) return `${name} matches ${value.slice(3)}`;
  return `${name} has “${value ?? ""}”`;
}

/** One criterion of a mail that came, and whether the mail met it. */
export interface Verdict {
  readonly words: string;
  readonly isMet: boolean;
}

/** Say of each criterion whether a mail met it. What failed without being a criterion of the form comes last. */
export function verdicts(wish: Wish, failed: readonly string[]): readonly Verdict[] {
  const criteria = Object.entries(criteriaOf(wish)) as [string, string | boolean][];
  const known = criteria.map(([name, value]) => ({ words: inWords(name, value), isMet: !failed.includes(name) }));
  const others = failed.filter((name) => !criteria.some(([criterion]) => criterion === name));
  return [...known, ...others.map((words) => ({ words, isMet: false }))];
}
