/** What a link that leads to the page brings along: the token of an inbox, after the # of its URL. */

import { keepInbox } from "./credentials.ts";
import { clientWith } from "./server.ts";
import { place, takeFragment } from "../shell/router.ts";

/**
 * Take the token that the URL of an inbox bears out of the address bar, and keep it if it opens that inbox. One that does
 * not would hide the inbox from who has a key for it; whoever makes a link can write anything there.
 */
export async function tokenIn(): Promise<void> {
  const token = takeFragment().get("token");
  const shown = place.peek();
  if (!token || shown.screen !== "inbox") return;
  try {
    const inbox = await clientWith(token).open(shown.inbox);
    keepInbox({ id: inbox.id, address: inbox.address, token, expiresAt: inbox.expiresAt?.toISOString() ?? null });
  } catch {
    // The screen asks for the inbox anyway, and says what is wrong.
    return;
  }
}
