/** Whether API keys work. Pure. */

import type { models } from "@mayfly-mail/client";

/** Name the state of a key at a moment in milliseconds. */
export function stateOf(key: models.ApiKeyData, now: number): "active" | "expired" | "revoked" {
  if (!key.is_active) return "revoked";
  return key.expires_at !== null && new Date(key.expires_at).getTime() <= now ? "expired" : "active";
}

export function isUsable(key: models.ApiKeyData, now: number): boolean {
  return stateOf(key, now) === "active";
}

/** Return the keys after one of them was revoked, and with it those that descend from it. */
export function revoked(keys: readonly models.ApiKeyData[], id: string): models.ApiKeyData[] {
  return keys.map((key) => (key.id === id || key.made_by.includes(id) ? { ...key, is_active: false } : key));
}
