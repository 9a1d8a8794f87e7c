/** Reads host names with letters beyond ASCII back from their `xn--` form (RFC 3492). Pure. */

const [BASE, T_MIN, T_MAX, SKEW, DAMP, FIRST_BIAS, FIRST] = [36, 1, 26, 38, 700, 72, 128];

/** The longest name that the DNS has (RFC 1035 section 2.3.4); reading a longer one back takes time in its square. */
export const LONGEST_HOST = 253;

/** Return a host name as it reads; one without an `xn--` label, with a wrong one, or too long, stays as it is. */
export function readableHost(host: string): string {
  if (host.length > LONGEST_HOST) return host;
  return host
    .split(".")
    .map((label) => (/^xn--/i.test(label) ? (decoded(label.slice(4).toLowerCase()) ?? label) : label))
    .join(".");
}

function decoded(text: string): string | undefined {
  const hyphen = text.lastIndexOf("-");
  const letters = [...text.slice(0, Math.max(0, hyphen))].map((letter) => letter.charCodeAt(0));
  let [code, at, bias] = [FIRST, 0, FIRST_BIAS];
  for (let next = hyphen + 1; next < text.length;) {
    const read = number(text, next, bias);
    if (read === undefined) return undefined;
    const [delta, end] = read;
    next = end;
    const count = letters.length + 1;
    bias = adapted(delta, count, at === 0 && code === FIRST);
    code += Math.floor((at + delta) / count);
    at = (at + delta) % count;
    if (code > 0x10ffff) return undefined;
    letters.splice(at, 0, code);
    at += 1;
  }
  return String.fromCodePoint(...letters);
}

/** Read one number of variable length; return it and where the next begins. */
function number(text: string, start: number, bias: number): readonly [number, number] | undefined {
  let [value, weight] = [0, 1];
  for (let [place, k] = [start, BASE]; place < text.length; [place, k] = [place + 1, k + BASE]) {
    const digit = digitOf(text.charCodeAt(place));
    if (digit === undefined || value > 0x7fffffff) return undefined;
    value += digit * weight;
    const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
    if (digit < threshold) return [value, place + 1];
    weight *= BASE - threshold;
  }
  return undefined;
}

function digitOf(character: number): number | undefined {
  if (character >= 0x61 && character <= 0x7a) return character - 0x61;
  return character >= 0x30 && character <= 0x39 ? character - 0x30 + 26 : undefined;
}

function adapted(delta: number, count: number, isFirst: boolean): number {
  let left = Math.floor(delta / (isFirst ? DAMP : 2));
  left += Math.floor(left / count);
  let k = 0;
  for (; left > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) left = Math.floor(left / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * left) / (left + SKEW));
}
