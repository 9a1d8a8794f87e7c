/** Tells answers that refuse the credentials from those that refuse something else. Pure. */

/** Return why an answer refuses the credentials themselves; undefined if it refuses something else. */
export function refusalIn(status: number, message: string): string | undefined {
  const isOfPassword = message.startsWith("current_password:");
  const isRefused = status === 401 ? !isOfPassword : message === "this account is suspended";
  return isRefused ? message || "the credentials are not valid" : undefined;
}
