/** Scales of charts. Pure. */

/** Return a round number that is at least this one: 1, 2 or 5 and zeros, and never less than 1. */
export function niceTop(most: number): number {
  if (!(most > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}
