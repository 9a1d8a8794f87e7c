/**
 * The secrets that the user gave the page: one key or session of an account, tokens of single inboxes, the operator's
 * token. They stay in this tab, or on this device if the user says so, and never stand in a URL.
 */

import { signal } from "@preact/signals";
import { store, stored } from "../parts/storage.ts";

const KEY = "mayfly.key";
const OPERATOR = "mayfly.operator";
const TOKENS = "mayfly.inboxes";

/** An inbox without an account, which its token opens. */
export interface OwnInbox {
  readonly id: string;
  readonly address: string;
  readonly token: string;
  /** ISO 8601; null: until it is deleted. */
  readonly expiresAt: string | null;
}

/** An API key or a session's token; "" without one. */
export const accountKey = signal(stored("tab", KEY) || stored("device", KEY));
/** Whether the key is kept on this device. */
export const isRemembered = signal(stored("device", KEY) !== "");
/** The operator's token, kept in this tab only; "" without it. */
export const operatorToken = signal(stored("tab", OPERATOR));
/** Inboxes made or opened without an account, in this tab, newest first. */
export const ownInboxes = signal<readonly OwnInbox[]>(readInboxes());

/** Use this key from now on, in this tab or, if `remembers`, whenever the page is opened on this device. */
export function keepKey(key: string, remembers: boolean): void {
  // Never without a key meanwhile: other tabs would close what is open in them.
  store(remembers ? "device" : "tab", KEY, key);
  store(remembers ? "tab" : "device", KEY, "");
  isRemembered.value = remembers;
  accountKey.value = key;
}

export function forgetKey(): void {
  for (const keeper of ["tab", "device"] as const) store(keeper, KEY, "");
  isRemembered.value = false;
  accountKey.value = "";
}

export function keepOperatorToken(token: string): void {
  store("tab", OPERATOR, token);
  operatorToken.value = token;
}

export function keepInbox(inbox: OwnInbox): void {
  keepInboxes([inbox, ...ownInboxes.value.filter((other) => other.id !== inbox.id)]);
}

export function forgetInbox(id: string): void {
  keepInboxes(ownInboxes.value.filter((inbox) => inbox.id !== id));
}

/** Return the token of an inbox, by its id or address. */
export function tokenOf(name: string): string | undefined {
  return ownInboxes.value.find((inbox) => inbox.id === name || inbox.address === name)?.token;
}

// Another tab signed in or out on this device; a key of this tab alone comes first.
globalThis.addEventListener?.("storage", (event) => {
  if ((event.key !== null && event.key !== KEY) || stored("tab", KEY)) return;
  accountKey.value = stored("device", KEY);
  isRemembered.value = accountKey.value !== "";
});

function keepInboxes(inboxes: readonly OwnInbox[]): void {
  store("tab", TOKENS, inboxes.length > 0 ? JSON.stringify(inboxes) : "");
  ownInboxes.value = inboxes;
}

function readInboxes(): readonly OwnInbox[] {
  try {
    return JSON.parse(stored("tab", TOKENS) || "[]") as OwnInbox[];
  } catch {
    return [];
  }
}
