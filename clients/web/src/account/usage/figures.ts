/** Figures of usage: spans, limits. Pure. */

import { countOf, several } from "../../parts/sizes.ts";

/** Say a span in seconds, such as "7 days". */
export function span(seconds: number): string {
  const [unit, length] = [["day", 86_400] as const, ["hour", 3_600] as const, ["minute", 60] as const].find(
    ([, each]) => seconds >= each,
  ) ?? ["second", 1];
  return several(Number((seconds / length).toFixed(1)), unit);
}

/** Say a limit; null is none. */
export function limit(number: number | null): string {
  return number === null ? "unlimited" : countOf(number);
}
