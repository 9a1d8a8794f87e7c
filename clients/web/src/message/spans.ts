/** Where a code stands in the text it was found in. Pure. The API counts characters (code points), strings UTF-16 units. */

/** A part of a string, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A piece of a text around something in it, on few lines. */
export interface Excerpt {
  readonly before: string;
  readonly found: string;
  readonly after: string;
}

const REACH = 140;

/** Return where a string has its character of this number. */
export function unitOf(text: string, character: number): number {
  let unit = 0;
  for (let passed = 0; passed < character && unit < text.length; passed += 1) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

/**
 * Return where `display` stands: at the span that the server says, else where it stands nearest to that, for a text that
 * is not quite the one it counted in. Undefined if the text does not have it.
 */
export function placeIn(text: string, span: readonly [number, number], display: string): Range | undefined {
  const start = unitOf(text, span[0]);
  if (display === "") return undefined;
  if (text.startsWith(display, start)) return { start, end: start + display.length };
  const [later, earlier] = [text.indexOf(display, start), text.lastIndexOf(display, start)];
  const isLater = later >= 0 && (earlier < 0 || later - start < start - earlier);
  const found = isLater ? later : earlier;
  return found < 0 ? undefined : { start: found, end: found + display.length };
}

/** Return what stands around a place, cut at words where that is near. */
export function excerpt(text: string, { start, end }: Range): Excerpt {
  const from = wholeAt(text, Math.max(0, start - REACH));
  const to = wholeAt(text, Math.min(text.length, end + REACH));
  const before = from === 0 ? text.slice(0, start) : `…${text.slice(from, start).replace(/^\S{0,30}\s/u, "")}`;
  const after = to === text.length ? text.slice(end) : `${text.slice(end, to).replace(/\s\S{0,30}$/u, "")}…`;
  return { before: joined(before), found: text.slice(start, end), after: joined(after) };
}

/** Return a place near this one that is not within a character. */
export function wholeAt(text: string, place: number): number {
  const isWithin = /[\ud800-\udbff]/.test(text.charAt(place - 1)) && /[\udc00-\udfff]/.test(text.charAt(place));
  return isWithin ? place - 1 : place;
}

/** Say a probability in words. */
export function confidence(probability: number): string {
  if (probability >= 0.99) return "practically certain";
  if (probability >= 0.9) return "very likely";
  if (probability >= 0.5) return "likely";
  return probability >= 0.1 ? "unlikely" : "very unlikely";
}

/** Write a probability as a number. What is not certain is never shown as 100 %. */
export function percent(probability: number): string {
  const shown = Math.min(99.9, Math.max(0, Math.floor(probability * 1_000) / 10));
  return probability >= 1 ? "100 %" : `${shown} %`;
}

// Blank lines tell nothing in an excerpt.
function joined(text: string): string {
  return text.replace(/\n\s*\n/g, "\n");
}
