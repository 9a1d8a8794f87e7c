/** Spans of time as one enters them, and durations as one reads them. Pure. */

const DAY = 86_400_000;

/** Return a moment as `<input type="datetime-local">` writes it, in the time zone of this machine. */
function localTime(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Return the span that is offered first: the last day. */
export function lastDay(now: number): { since: string; until: string } {
  return { since: localTime(new Date(now - DAY)), until: "" };
}

/** Say how long something took, given in seconds. */
export function took(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** Return JSON with line breaks, and anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
