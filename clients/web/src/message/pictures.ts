/** Tells which attachments are pictures that a browser may show: by their octets, whatever their type says. Pure. */

/** Above this a picture is downloaded, not shown. */
export const MOST_OCTETS = 15_000_000;
const MOST_PIXELS = 50_000_000;
/** Octets of an AVIF that are looked through for its size. */
const MOST_HEAD = 65_536;

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
  try {
    return SIZES[type]?.(view, octets) ?? 0;
  } catch (error) {
    if (error instanceof RangeError) return 0; // it ends within its head, so there is nothing to unpack
    throw error;
  }
}

const SIZES: Readonly<Record<string, (view: DataView, octets: Uint8Array) => number>> = {
  "image/png": (view) => view.getUint32(16) * view.getUint32(20),
  "image/gif": (view) => view.getUint16(6, true) * view.getUint16(8, true),
  "image/bmp": (view) => Math.abs(view.getInt32(18, true) * view.getInt32(22, true)),
  "image/jpeg": ofJpeg,
  "image/webp": ofWebp,
  "image/avif": ofAvif,
};

/** Frames of JPEG have their size in a segment SOF0 to SOF15; others are skipped by their length (ITU-T T.81, annex B). */
function ofJpeg(view: DataView): number {
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    while (view.getUint8(at + 1) === 0xff) at += 1;
    const marker = view.getUint8(at + 1);
    if ((marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker))
      return view.getUint16(at + 5) * view.getUint16(at + 7);
  }
}

/** WebP has its size in its first chunk, of which there are three kinds (RFC 9649, section 2). */
function ofWebp(view: DataView, octets: Uint8Array): number {
  if (has(octets, 12, "VP8X")) return (1 + uint24(view, 24)) * (1 + uint24(view, 27));
  if (has(octets, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return (1 + (bits & 0x3fff)) * (1 + ((bits >> 14) & 0x3fff));
  }
  return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
}

/** The largest of the sizes (`ispe`) that the head of an AVIF names. */
function ofAvif(view: DataView, octets: Uint8Array): number {
  let most = 0;
  for (let at = octets.indexOf(0x69); at >= 0 && at < MOST_HEAD; at = octets.indexOf(0x69, at + 1)) {
    if (has(octets, at, "ispe")) most = Math.max(most, view.getUint32(at + 8) * view.getUint32(at + 12));
  }
  return most;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

function has(octets: Uint8Array, at: number, sign: string): boolean {
  return [...sign].every((character, index) => octets[at + index] === character.charCodeAt(0));
}
