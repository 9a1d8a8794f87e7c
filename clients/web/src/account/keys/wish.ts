/** What somebody enters in the form of an API key, and what is sent of it. Pure. */

import type { models } from "@mayfly-mail/client";
import { isUnlimited } from "./scopes.ts";
import { entriesIn, sitesIn } from "./sites.ts";

export interface KeyWish {
  readonly label: string;
  readonly isUnlimited: boolean;
  readonly scopes: readonly string[];
  /** Allowed domains, an entry a line. */
  readonly sites: string;
  /** Days until it expires; "" for never. */
  readonly days: string;
}

export const NO_WISH: KeyWish = { label: "", isUnlimited: true, scopes: [], sites: "", days: "90" };

/** Return the wish for a key like this one. */
export function wishLike(key: models.ApiKeyData): KeyWish {
  const unlimited = isUnlimited(key.scopes);
  return {
    label: key.label,
    isUnlimited: unlimited,
    scopes: unlimited ? [] : key.scopes,
    sites: key.allowed_domains.join("\n"),
    days: daysOf(key),
  };
}

/** Return what the server takes; scopes that are left out grant everything. */
export function sentOf(wish: KeyWish): { label?: string; scopes: string[]; allowed_domains: string[] } {
  return {
    ...(wish.label.trim() === "" ? {} : { label: wish.label.trim() }),
    scopes: wish.isUnlimited ? [] : [...wish.scopes],
    allowed_domains: entriesIn(wish.sites),
  };
}

/** Return what is wrong with a wish before it is sent; "" for nothing. A key without scopes would have all of them. */
export function scopesProblem(wish: KeyWish): string {
  return wish.isUnlimited || wish.scopes.length > 0 ? "" : "Choose at least one, or let the key do everything.";
}

/** Return what is wrong with the allowed domains before they are sent; "" for nothing. */
export function sitesProblem(wish: KeyWish): string {
  return sitesIn(wish.sites).some((site) => site.meaning === undefined) ? "Correct what is no domain first." : "";
}

function daysOf(key: models.ApiKeyData): string {
  if (key.expires_at === null) return "";
  const span = new Date(key.expires_at).getTime() - new Date(key.created_at).getTime();
  return String(Math.max(1, Math.round(span / 86_400_000)));
}
