/** What somebody pastes to open an inbox: its address, its id, or a link to it. Pure. */

import { placeOf } from "../shell/places.ts";

export interface Pasted {
  /** Address or id. */
  readonly name: string;
  /** "" if the text has none. */
  readonly token: string;
}

/** Return what a text names: of a link the inbox and its token, otherwise the text itself. */
export function pastedIn(text: string): Pasted {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return { name: trimmed, token: "" };
  const url = new URL(trimmed);
  const place = placeOf(url.pathname.replace(/^.*?\/ui\//, ""));
  if (place.screen !== "inbox") return { name: trimmed, token: "" };
  return { name: place.inbox, token: new URLSearchParams(url.hash.slice(1)).get("token") ?? "" };
}
