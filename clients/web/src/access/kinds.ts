/** What a text that somebody pasted is: the forms of Mayfly's secrets. Pure. */

export type Kind = "key" | "broken-key" | "session" | "inbox-token" | "other-secret" | "unknown";

/** Name what a secret is by its form. */
export function kindOf(text: string): Kind {
  if (/^mfy_[0-9a-f]{12}_[0-9a-f]{48}$/.test(text)) return "key";
  if (text.startsWith("mfy_")) return "broken-key";
  if (text.startsWith("mfi_")) return "inbox-token";
  if (/^mf[a-z]_/.test(text)) return "other-secret";
  return text.split(".").length === 3 ? "session" : "unknown";
}

/** Return the part of an API key that lists show; undefined for other secrets. */
export function prefixOf(secret: string): string | undefined {
  return kindOf(secret) === "key" ? secret.split("_")[1] : undefined;
}
