/** Makes what nobody sees in a text visible: control characters, and those that turn the direction of writing. Pure. */

const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Return the text with such characters in words, such as ⟨U+202E⟩; line ends, tabs and blanks stay. */
export function visible(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(UNSEEN, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** Return the text with what turns the direction of writing in words; what joins emoji or letters stays. */
export function straight(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, visible);
}

/** Read octets as people do: UTF-8 if they are, else one character an octet, so that nothing gets lost. */
export function readOctets(octets: Uint8Array): string {
  const whole = octets.subarray(0, octets.length - cutCharacter(octets));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(whole);
  } catch {
    return new TextDecoder("windows-1252").decode(octets);
  }
}

/** Return how many octets at the end belong to a character that is cut off there. */
function cutCharacter(octets: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, octets.length); back += 1) {
    const octet = octets[octets.length - back] ?? 0;
    if (octet < 0x80) return 0;
    if (octet >= 0xc0) return back < (octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
