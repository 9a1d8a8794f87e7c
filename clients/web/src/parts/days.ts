/** Days of usage as bars of a chart. Pure. */

import type { models } from "@mayfly-mail/client";
import type { Bar } from "./bar_chart.tsx";
import { countOf } from "./sizes.ts";

const DAY = 86_400_000;
const DAYS = 30;
const label = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** Return a bar for each of the last 30 days of UTC, days without calls too. */
export function barsOf(days: readonly models.DayOfUsage[], now: number): Bar[] {
  const known = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: DAYS }, (_, index) => {
    const moment = new Date(now - (DAYS - 1 - index) * DAY);
    const { calls = 0, rejected = 0 } = known.get(moment.toISOString().slice(0, 10)) ?? {};
    const name = label.format(moment);
    const title = `${name}: ${countOf(calls)} calls, ${countOf(rejected)} refused`;
    return { label: name, value: calls, more: rejected, title };
  });
}
