/**
 * A mail's HTML for reading its text: without what the page's own policy would complain of. Pure.
 *
 * A parsed document without a window runs and loads nothing, but browsers report each style and each handler in it as a
 * violation, among which a real one would not be seen.
 */

const SHEETS = /<style\b[^<>]*>[^<]*(?:<(?!\/style\b)[^<]*)*(?:<\/style\b[^<>]*>|$)/gi;
const BASES = /<base\b[^<>]*>?/gi;
const TAGS = /<[a-z][^<>]*/gi;
const REFUSED = /([\s"'/])(?:style|on[a-z]+)(?=\s*=)/gi;

/** Return the HTML without style sheets and base addresses, and with styles and handlers under another name. */
export function inert(html: string): string {
  return html
    .replace(SHEETS, "")
    .replace(BASES, "")
    .replace(TAGS, (tag) => tag.replace(REFUSED, "$1data-refused"));
}
