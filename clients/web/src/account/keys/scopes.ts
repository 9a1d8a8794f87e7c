/** The scopes of API keys, in plain words. Pure. */

/** Pairs of a scope and what a key with it may do, in the order of the form. */
export const SCOPES: readonly (readonly [string, string])[] = [
  ["mailboxes:read", "Read inboxes and mail, attachments, streams; see webhooks and their log"],
  ["mailboxes:write", "Make and end inboxes, delete and mark mail, set fault plans, test and delete webhooks"],
  ["domains:read", "See custom domains"],
  ["domains:write", "Add, verify and remove custom domains"],
  ["team:read", "See members and invitations"],
  ["team:write", "Invite and remove members"],
  ["identities:read", "See OAuth clients and identities"],
  ["identities:write", "Make, change and delete OAuth clients and identities"],
];

/** Whether a key with these scopes may do everything. */
export function isUnlimited(scopes: readonly string[]): boolean {
  return scopes.length === 0 || scopes.includes("*");
}
