/** Moments as people say them, with the exact one in the title. All of them tick together. */

import { computed, signal } from "@preact/signals";

/** This machine's time in milliseconds, some seconds old at most. */
export const here = signal(Date.now());
setInterval(() => {
  here.value = Date.now();
}, 1_000);
const ahead = signal(0);
/** The server's time, by which inboxes end, whatever this machine's clock says. */
export const now = computed(() => here.value + ahead.value);

/** Go by the server's clock (`date`: its header of that name) where this machine's is far from it. */
export function setClock(date: string | null): void {
  ahead.value = offsetOf(date, Date.now());
}

/** Return by how much a clock is ahead of this machine's, in milliseconds; 0 if that may be the way's doing. Pure. */
export function offsetOf(date: string | null, here: number): number {
  const offset = date === null ? Number.NaN : Date.parse(date) - here;
  return Math.abs(offset) > LEAST_OFFSET ? offset : 0;
}

const LEAST_OFFSET = 15_000;
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Show a moment (ISO 8601), such as "5 minutes ago". */
export function When({ at, class: more }: { at: string; class?: string }) {
  return (
    <time dateTime={at} title={exactly(at)} class={more}>
      {relativeTo(new Date(at).getTime(), now.value)}
    </time>
  );
}

/** Write a moment (ISO 8601) in full, for titles. */
export function exactly(at: string): string {
  return exact.format(new Date(at));
}

/** Show what is left until a moment, such as "9:05"; "ended" after it. */
export function Countdown({ until }: { until: string }) {
  return (
    <time dateTime={until} title={exactly(until)} class="countdown">
      {left(new Date(until).getTime() - now.value)}
    </time>
  );
}

/** Say how far a moment is from another, both in milliseconds. Within ten seconds it is "now". */
export function relativeTo(moment: number, from: number): string {
  const seconds = Math.round((moment - from) / 1000);
  if (Math.abs(seconds) < 10) return relative.format(0, "second");
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  // A key for 90 days has 89 and some hours the next moment: what is ahead is rounded.
  return relative.format(seconds > 0 ? Math.round(seconds / size) : Math.trunc(seconds / size), unit);
}

/** Say what is left: `m:ss`, `h:mm:ss`, or days. */
export function left(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 0) return "ended";
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const two = (number: number): string => String(number).padStart(2, "0");
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
