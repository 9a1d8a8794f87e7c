/** The formats and events of webhooks, in plain words. Pure. */

import type { models } from "@mayfly-mail/client";

export type Format = "standard" | "vaultmail" | "ephemask";
export type Event = "message.received" | "inbox.expired" | "endpoint.disabled";

export const FORMATS: readonly (readonly [Format, string])[] = [
  ["standard", "Standard Webhooks: all events, 8 attempts within 31 hours"],
  ["vaultmail", "VaultMail: received mail, 4 attempts within 3 minutes"],
  ["ephemask", "Ephemask: received mail, one attempt"],
];

const EVENTS: readonly (readonly [Event, string])[] = [
  ["message.received", "A mail was received"],
  ["inbox.expired", "An inbox ended"],
  ["endpoint.disabled", "Another webhook was switched off"],
];

const SIGNED: Record<Format, string> = {
  standard: "webhook-signature, by the rules of Standard Webhooks",
  vaultmail: "X-VaultMail-Signature: sha256= and the HMAC of the body in hexadecimal digits",
  ephemask: "X-Ephemask-Signature: sha256= and the HMAC of the body in hexadecimal digits",
};

/** Return the events that a format has. */
export function eventsOf(format: string): typeof EVENTS {
  return format === "standard" ? EVENTS : EVENTS.slice(0, 1);
}

/** Say which events a webhook gets. */
export function eventsIn(webhook: Pick<models.WebhookData, "events" | "format">): string {
  if (webhook.events.length === 0) return webhook.format === "standard" ? "all events" : "received mail";
  return webhook.events.join(", ");
}

/** Say how a format's requests are signed. */
export function signatureOf(format: string): string {
  return SIGNED[format as Format] ?? "";
}

/** Say who made a webhook, where that is not the list itself; "" otherwise. */
export function originOf(webhook: models.WebhookData): string {
  if (webhook.origin === "account") return "the account webhook (Ephemask)";
  return webhook.origin === "inbox" ? "made by the webhook URL of an inbox" : "";
}
