/** How long a mail was on its way, by the clock of its sender and that of the server. Pure. */

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Say how long after its Date (ISO 8601) a mail was received, such as "received 3 s after it was sent". */
export function travelled(date: string, receivedAt: string): string {
  const seconds = Math.round((Date.parse(receivedAt) - Date.parse(date)) / 1_000);
  if (!Number.isFinite(seconds)) return "";
  // The Date of a mail has whole seconds.
  if (Math.abs(seconds) <= 1) return "received at once";
  if (seconds > 0) return `received ${span(seconds)} after it was sent`;
  return `its Date is ${span(-seconds)} later than its arrival: a clock is wrong, or the sender made it up`;
}

/** Say a length of time by its two largest units: "2 min 5 s". */
export function span(seconds: number): string {
  let left = seconds;
  const words: string[] = [];
  for (const [size, unit] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  return words.join(" ") || "0 s";
}
