/** Fault plans as text: "451 x2, accept" lets two mails fail and takes the third. The Python client reads the same plans. */

import type { PutFaultPlanBody } from "./generated/operations.js";

type FaultStep = PutFaultPlanBody["steps"][number];
type Step = { -readonly [Field in keyof FaultStep]: FaultStep[Field] };

/** A word of a plan; `isText` for what stood in quotes. */
interface Word {
  readonly word: string;
  readonly isText: boolean;
}

const KNOWN =
  'a code 400 to 599, "accept" or "drop" first; then x2, 50%, at rcpt|data|mail|auth, delay 500ms|2s, "a text"';
const WORD = /\s*(?:"([^"]*)"|(,)|([^\s",]+))/y;
const PLACES = new Set(["rcpt", "data", "mail", "auth"]);
const DROP = 421;
const MOST_TIMES = 100_000;
const LONGEST_DELAY = 30_000;

/** Return the steps of a plan. Throws RangeError, naming the word that it does not know. */
export function faultPlan(plan: string): FaultStep[] {
  const steps = split(plan).map(parsedStep);
  const firstLasting = steps.findIndex((step) => step.times === undefined);
  if (firstLasting >= 0 && steps.slice(firstLasting).some((step) => step.times !== undefined)) {
    throw new RangeError("fault plan: only the last steps can be without a count such as x2");
  }
  return steps;
}

/** Return the words of each step. */
function split(plan: string): Word[][] {
  const steps: Word[][] = [[]];
  const end = plan.trimEnd().length;
  for (let position = 0; position < end; position = WORD.lastIndex) {
    WORD.lastIndex = position;
    const [, text, comma, word = ""] = WORD.exec(plan) ?? unfinished(plan.slice(position));
    if (comma !== undefined) steps.push([]);
    else steps.at(-1)?.push({ word: text ?? word, isText: text !== undefined });
  }
  return steps;
}

function parsedStep(words: readonly Word[]): FaultStep {
  const [first, ...rest] = words;
  if (first === undefined) throw new RangeError(`fault plan: a step without a word; known: ${KNOWN}`);
  const step: Step = { code: outcome(first) };
  const details = rest.values();
  for (const word of details) {
    const [name, value] = detail(word, () => details.next().value?.word);
    if (name in step) throw new RangeError(`fault plan: ${quoted(word.word)} says twice what the step's ${name} is`);
    Object.assign(step, { [name]: value });
  }
  return step;
}

function outcome({ word, isText }: Word): number | null {
  const lower = isText ? "" : word.toLowerCase();
  if (lower === "accept") return null;
  if (lower === "drop") return DROP;
  return /^[45]\d\d$/.test(lower) ? Number(word) : unknown(word);
}

/** Return the field of a step that a word stands for, with its value; some words take the next one. */
function detail({ word, isText }: Word, next: () => string | undefined): readonly [keyof FaultStep, string | number] {
  if (isText) return ["text", replyText(word)];
  const lower = word.toLowerCase();
  const [, times, chance] = /^(?:x(\d{1,6})|(\d{1,3})%)$/.exec(lower) ?? [];
  if (times !== undefined) return ["times", within(Number(times), 1, MOST_TIMES, word)];
  if (chance !== undefined) return ["probability", within(Number(chance), 0, 100, word)];
  if (lower === "at") return ["at", place(next() ?? word)];
  if (lower === "delay") return ["delay_ms", delay(next() ?? word)];
  return unknown(word);
}

function place(word: string): string {
  return PLACES.has(word.toLowerCase()) ? word.toLowerCase() : unknown(word);
}

function delay(word: string): number {
  const [, length, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(word.toLowerCase()) ?? [];
  if (length === undefined) return unknown(word);
  return within(Math.round(Number(length) * (unit === "s" ? 1_000 : 1)), 0, LONGEST_DELAY, word);
}

function replyText(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new RangeError("fault plan: the text of a reply is printable ASCII");
  return text;
}

function within(value: number, least: number, most: number, word: string): number {
  if (value < least || value > most) {
    throw new RangeError(`fault plan: ${quoted(word)} is out of range (${least} to ${most})`);
  }
  return value;
}

function unknown(word: string): never {
  throw new RangeError(`fault plan: ${quoted(word)} is not known; known: ${KNOWN}`);
}

function unfinished(rest: string): never {
  throw new RangeError(`fault plan: a quote that does not end: ${quoted(rest.trim().slice(0, 40))}`);
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
