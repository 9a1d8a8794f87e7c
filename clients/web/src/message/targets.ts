/** Where a link of a mail leads, and what is odd about it. Pure. */

import { LONGEST_HOST, readableHost } from "./punycode.ts";
import { wholeAt } from "./spans.ts";

export interface Target {
  /** Present where the page lets one open it: web, mail and telephone. Other kinds can be copied only. */
  readonly href?: string;
  /** Where it leads, as one should read it: the host, in ASCII; an address or number; or the name of an app's scheme. */
  readonly place: string;
  /** What stands before and after the host in the URL. */
  readonly rest: string;
  readonly warnings: readonly string[];
}

const SHOWN = 300;
const HOST_IN_TEXT = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]+)(?=$|[\s/:?#])/iu;

/** Say where a link leads that the mail shows as `text`. */
export function targetOf(url: string, text: string): Target {
  const read = URL.canParse(url) ? new URL(url) : undefined;
  if (read === undefined) return { place: "nowhere", rest: "", warnings: ["It is no valid URL."] };
  if (read.protocol === "mailto:" || read.protocol === "tel:") {
    const address = decoded(read.pathname);
    return { href: read.href, place: `${read.protocol}${cut(address)}`, rest: "", warnings: [] };
  }
  if (read.protocol !== "http:" && read.protocol !== "https:") {
    return {
      place: read.protocol,
      rest: cut(url.slice(read.protocol.length)),
      warnings: [strangeScheme(read.protocol)],
    };
  }
  const rest = cut(read.pathname + read.search + read.hash);
  return { href: read.href, place: cut(read.host), rest: rest === "/" ? "" : rest, warnings: warningsOf(read, text) };
}

function warningsOf(url: URL, text: string): string[] {
  const warnings: string[] = [];
  const shown = HOST_IN_TEXT.exec(text)?.[1];
  if (shown !== undefined && !isSameSite(hostOf(shown), url.hostname)) {
    warnings.push(`Its text says ${cut(shown)}, but it leads to ${cut(url.hostname)}.`);
  }
  if (url.hostname.length > LONGEST_HOST) warnings.push("Its host has a longer name than any host can have.");
  const readable = readableHost(url.hostname);
  if (readable !== url.hostname) warnings.push(`The host reads as ${readable}: letters may look like others.`);
  if (url.username || url.password)
    warnings.push("It has a user name before the host, which can look like another host.");
  if (/^(?:\d+\.){3}\d+$|^\[/.test(url.hostname)) warnings.push("It leads to an IP address, not to a name.");
  return warnings;
}

function strangeScheme(protocol: string): string {
  return ["javascript:", "data:", "vbscript:", "file:", "blob:"].includes(protocol)
    ? `A link of the kind ${protocol} is not opened here.`
    : "It opens an app on the device of the reader. Copy it to try it there.";
}

function isSameSite(shown: string, target: string): boolean {
  return shown === target || target.endsWith(`.${shown}`) || shown === `www.${target}`;
}

// As browsers write it, so that a host in capitals or in letters beyond ASCII is compared with the like.
function hostOf(text: string): string {
  const url = `http://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : text.toLowerCase();
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, wholeAt(text, SHOWN))}…` : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
