/** How long new inboxes and spaces may last, as choices of a form. Pure. */

const FOR_GOOD = "";

export const LIFETIMES: readonly (readonly [string, string])[] = [
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["86400", "1 day"],
  ["604800", "7 days"],
  ["2592000", "30 days"],
  [FOR_GOOD, "Until it is deleted"],
];

/** Return the seconds of a choice; null: until it is deleted. */
export function secondsOf(choice: string): number | null {
  return choice === FOR_GOOD ? null : Number(choice);
}
