/** Numbers of octets, and other numbers, as people read them. Pure. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const grouped = new Intl.NumberFormat();

/** Say a number of octets in the unit that fits, of 1,000 each: "1.4 MB". */
export function sizeOf(octets: number): string {
  let [size, unit] = [octets, 0];
  // What would be rounded up to 1,000 of a unit is 1 of the next.
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1;
  return `${size.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit]}`;
}

/** Say a number with its digits in groups: "12,480". */
export function countOf(number: number): string {
  return grouped.format(number);
}

/** Say how many there are of something: "1 message", "3 messages". */
export function several(number: number, one: string, many = `${one}s`): string {
  return `${countOf(number)} ${number === 1 ? one : many}`;
}
