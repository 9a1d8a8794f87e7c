/** How often a list may ask the server for new mail, so that calls are left for what the person at the page does. Pure. */

const SHORTEST = 250;
/** With so many calls left there is no need to spare. */
const PLENTY = 60;

/** Return the milliseconds between two calls, after what the header fields of the last answer say is left. */
export function paceOf(headers: Headers): number {
  const left = headers.get("x-ratelimit-remaining");
  if (left === null || !/^\d+$/.test(left)) return SHORTEST;
  return Math.round(SHORTEST * Math.max(1, PLENTY / Math.max(1, Number(left))));
}
