/** Verifies webhooks: that of Standard Webhooks, and the signatures of the formats `vaultmail` and `ephemask`. */

import { SignatureMismatch } from "./errors.js";
import { milliseconds } from "./text.js";
import type { Duration } from "./text.js";

/** Header fields as `fetch` has them, or as Node gives them. */
export type GivenHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old or how far ahead the timestamp may be; five minutes by default. Only the format `standard` has one. */
  readonly tolerance?: Duration | undefined;
}

/** A webhook whose signature was right. */
export interface WebhookEvent {
  readonly format: "standard" | "vaultmail" | "ephemask";
  /** The same for every repetition; empty in the format `ephemask`. */
  readonly id: string;
  /** Such as "message.received". */
  readonly type: string;
  /** The fields of the event. */
  readonly data: Readonly<Record<string, unknown>>;
}

const FLAT = { vaultmail: "x-vaultmail-signature", ephemask: "x-ephemask-signature" } as const;

/**
 * Return the event of a webhook. Throws SignatureMismatch unless it was signed with this secret; give the body as it came.
 *
 *     const event = await verifyWebhook(secret, request.headers, await request.text());
 */
export async function verifyWebhook(
  secret: string,
  headers: GivenHeaders,
  body: string | Uint8Array,
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const octets = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const field = reader(headers);
  if (field("webhook-signature") !== undefined) return await standard(secret, field, octets, options);
  for (const [format, name] of Object.entries(FLAT) as [keyof typeof FLAT, string][]) {
    if (field(name) !== undefined) return await flat(secret, format, name, field, octets);
  }
  throw new SignatureMismatch("the request has no webhook signature");
}

type Field = (name: string) => string | undefined;

async function standard(secret: string, field: Field, body: Uint8Array, options: VerifyOptions): Promise<WebhookEvent> {
  const [id, sent] = [field("webhook-id"), field("webhook-timestamp")];
  if (id === undefined || sent === undefined) throw new SignatureMismatch("webhook-id or webhook-timestamp is missing");
  const tolerance = milliseconds(options.tolerance ?? "5m", "tolerance");
  if (!/^\d+$/.test(sent) || Math.abs(Date.now() - Number(sent) * 1_000) > tolerance) {
    throw new SignatureMismatch("the timestamp is too old, too far ahead, or none");
  }
  const signed = joined(new TextEncoder().encode(`${id}.${sent}.`), body);
  const given = (field("webhook-signature") ?? "").split(" ").filter((each) => each.startsWith("v1,"));
  await require(base64(secret.replace(/^whsec_/, "")), given.map((each) => base64(each.slice(3))), signed);
  const event = parsed(body);
  return {
    format: "standard",
    id,
    type: String(event["type"] ?? ""),
    data: (event["data"] ?? {}) as WebhookEvent["data"],
  };
}

async function flat(
  secret: string,
  format: keyof typeof FLAT,
  name: string,
  field: Field,
  body: Uint8Array,
): Promise<WebhookEvent> {
  const given = [field(name), field(`${name}-previous`)].flatMap((each) => (each === undefined ? [] : [each]));
  await require(new TextEncoder().encode(secret), given.map((each) => hex(each.replace(/^sha256=/, ""))), body);
  const event = parsed(body);
  return { format, id: String(event["id"] ?? ""), type: String(event["event"] ?? ""), data: event };
}

/** Throw unless one of the signatures is right; `verify` compares in constant time. */
async function require(secret: Uint8Array, signatures: readonly Uint8Array[], signed: Uint8Array): Promise<void> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) throw new Error("verifyWebhook needs WebCrypto, which browsers have on https pages alone");
  if (secret.length === 0) throw new SignatureMismatch("the secret is empty");
  const key = await subtle.importKey("raw", secret as BufferSource, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  for (const signature of signatures) {
    if (await subtle.verify("HMAC", key, signature as BufferSource, signed as BufferSource)) return;
  }
  throw new SignatureMismatch("no signature of this request was made with this secret");
}

function parsed(body: Uint8Array): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
}

function reader(headers: GivenHeaders): Field {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? undefined;
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = lower.get(name);
    return typeof value === "string" ? value : value?.join(" ");
  };
}

function base64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(); // no signature is empty
  }
}

function hex(text: string): Uint8Array {
  const pairs = /^(?:[0-9a-f]{2})+$/i.test(text) ? (text.match(/../g) ?? []) : [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
