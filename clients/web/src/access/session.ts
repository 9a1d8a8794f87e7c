/** Signing out: the page forgets its secrets, and a session ends on the server too. */

import { Unauthorized } from "@mayfly-mail/client";
import { logOut } from "@mayfly-mail/client/operations";
import { accountKey, forgetKey, keepOperatorToken } from "./credentials.ts";
import { kindOf } from "./kinds.ts";
import { clientWith } from "./server.ts";

/** Forget key and operator's token, and end the session; return whether it has ended on the server. Keys stay valid. */
export async function signOut(): Promise<boolean> {
  const key = accountKey.value;
  forgetKey();
  keepOperatorToken("");
  if (kindOf(key) !== "session") return true;
  try {
    await clientWith(key).call(logOut());
    return true;
  } catch (error) {
    return error instanceof Unauthorized; // it had ended before
  }
}
