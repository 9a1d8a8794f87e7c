/** Tells which attachments are pictures that a browser may show: by their octets, whatever their type says. Pure. */

/** Above this a picture is downloaded, not shown. */
export const MOST_OCTETS = 15_000_000;
const MOST_PIXELS = 50_000_000;

const SIGNS: readonly (readonly [string, (octets: Uint8Array) => boolean])[] = [
  ["image/png", (octets) => has(octets, 0, "\x89PNG\r\n\x1a\n")],
  ["image/jpeg", (octets) => has(octets, 0, "\xff\xd8\xff")],
  ["image/gif", (octets) => has(octets, 0, "GIF87a") || has(octets, 0, "GIF89a")],
  ["image/webp", (octets) => has(octets, 0, "RIFF") && has(octets, 8, "WEBP")],
  ["image/avif", (octets) => has(octets, 4, "ftypavif")],
  ["image/bmp", (octets) => has(octets, 0, "BM")],
];

/** Whether it is worth asking for the content: it may be a picture by its type and size. SVG is none: it is a document. */
export function maybePicture(contentType: string, octets: number): boolean {
  return /^image\/(?:png|jpe?g|gif|webp|avif|bmp|x-ms-bmp)\b/i.test(contentType) && octets > 0 && octets <= MOST_OCTETS;
}

/** Return the type of a raster picture by its octets; undefined if it is none, or has too many pixels to unpack. */
export function pictureType(octets: Uint8Array): string | undefined {
  const type = SIGNS.find(([, isIt]) => isIt(octets))?.[0];
  return type !== undefined && pixels(type, octets) <= MOST_PIXELS ? type : undefined;
}

function pixels(type: string, octets: Uint8Array): number {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (type === "image/png" && octets.length >= 24) return view.getUint32(16) * view.getUint32(20);
  if (type === "image/gif" && octets.length >= 10) return view.getUint16(6, true) * view.getUint16(8, true);
  if (type === "image/bmp" && octets.length >= 26) return Math.abs(view.getInt32(18, true) * view.getInt32(22, true));
  return 0;
}

function has(octets: Uint8Array, at: number, sign: string): boolean {
  return [...sign].every((character, index) => octets[at + index] === character.charCodeAt(0));
}
