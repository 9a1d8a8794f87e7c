/** Shows in the address bar where the page is, and follows the address bar: links, back, forward. */

import { computed, signal } from "@preact/signals";
import { UI } from "./roots.ts";
import { pathOf, placeOf } from "./places.ts";
import type { Place } from "./places.ts";

const current = signal(read());

/** The screen that is shown. */
export const place = computed(() => placeOf(current.value.path));
/** The search of a list (`?q=`), "" without one. */
export const query = computed(() => current.value.query);

/** Why the screen should not be left yet; "" if it may be. */
let reason = "";

addEventListener("popstate", () => {
  if (mayLeave()) current.value = read();
  else history.pushState(null, "", UI + current.value.path + searchOf(current.value.query));
});
addEventListener("beforeunload", (event) => {
  if (reason !== "") event.preventDefault();
});

/** Ask before the screen is left, with this question; returns what lets it be left again. */
export function askBeforeLeaving(question: string): () => void {
  reason = question;
  return () => (reason = "");
}

function mayLeave(): boolean {
  return reason === "" || confirm(reason);
}

/** Return the URL of a place, for links. */
export function hrefOf(to: Place, q = ""): string {
  return UI + pathOf(to) + searchOf(q);
}

function searchOf(q: string): string {
  return q ? `?q=${encodeURIComponent(q)}` : "";
}

/** Show a place. `replaces`: back does not lead to the one before. */
export function go(to: Place, options: { replaces?: boolean; q?: string } = {}): void {
  const href = hrefOf(to, options.q);
  if (href === location.pathname + location.search || !mayLeave()) return;
  if (options.replaces) history.replaceState(history.state, "", href);
  else history.pushState({ from: location.pathname + location.search }, "", href);
  current.value = read();
}

/** Go back to the screen from which one came to this one, in its place; to `otherwise` if there was none. */
export function goBack(otherwise: Place): void {
  const { from } = (history.state ?? {}) as { from?: unknown };
  const before = readFrom(new URL(typeof from === "string" ? from : hrefOf(otherwise), location.origin));
  const to = placeOf(before.path);
  if (to.screen === "sign-in" || to.screen === "lost") go(otherwise, { replaces: true });
  else go(to, { replaces: true, q: before.query });
}

/** Take what stands after # out of the address bar and return it: secrets are given there, and must not stay. */
export function takeFragment(): URLSearchParams {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}

function read(): { path: string; query: string } {
  return readFrom(location);
}

function readFrom(url: { pathname: string; search: string }): { path: string; query: string } {
  const path = url.pathname.startsWith(UI) ? url.pathname.slice(UI.length) : "";
  return { path, query: new URLSearchParams(url.search).get("q") ?? "" };
}
