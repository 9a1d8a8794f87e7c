/**
 * Tells of new mail: to screen readers while the page is looked at, and else by notifications of the browser and a badge,
 * if the user asked for them.
 */

import type { InboxEvent } from "@mayfly-mail/client";
import { signal } from "@preact/signals";
import { store, stored } from "../parts/storage.ts";

const NAME = "mayfly.alerts";
/** Mail that comes within so many milliseconds is told of together. */
const TOGETHER = 3_000;

/** Whether the browser has notifications here; it has none over plain HTTP, except from this machine. */
export const canNotify = "Notification" in globalThis && globalThis.isSecureContext;
/** Whether the user wants them, and the browser lets the page. */
export const isOn = signal(canNotify && Notification.permission === "granted" && stored("device", NAME) === "on");

/** What screen readers say of the mail that came last, numbered: the same words may be said twice. */
export const heard = signal({ number: 0, text: "" });

/** Ask the user's browser; resolves to whether it agrees. */
export async function turnOn(): Promise<boolean> {
  if (!canNotify || (await Notification.requestPermission()) !== "granted") return false;
  isOn.value = true;
  store("device", NAME, "on");
  return true;
}

export function turnOff(): void {
  isOn.value = false;
  store("device", NAME, "");
  showBadge(0);
}

/** Put a number on the icon of the page, where it is installed as an application; 0 takes it away. */
export function showBadge(count: number): void {
  const { setAppBadge, clearAppBadge } = navigator;
  // Where there is no icon to put it on, browsers refuse, and nothing is to be done.
  if (count > 0 && isOn.peek()) void setAppBadge?.call(navigator, count).catch(() => undefined);
  else void clearAppBadge?.call(navigator).catch(() => undefined);
}

/** Tells of the mail of one list. */
export class Notifier {
  #waiting: InboxEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  /** @param open called when a notification is pressed, with the id of its message; without one if it is of several */
  constructor(readonly open: (id: string | undefined) => void) {}

  tell(event: InboxEvent): void {
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#show(), Math.max(0, this.#last + TOGETHER - Date.now()));
  }

  end(): void {
    clearTimeout(this.#timer);
    say("");
  }

  #show(): void {
    const told = this.#waiting;
    const [first] = told;
    this.#waiting = [];
    this.#timer = undefined;
    this.#last = Date.now();
    if (!first) return;
    const isOne = told.length === 1;
    const title = isOne ? first.subject.trim() || "(no subject)" : `${told.length} new messages`;
    if (document.visibilityState === "visible") return say(isOne ? `New message: ${title}, from ${first.from}` : title);
    if (!isOn.peek()) return;
    const body = isOne ? `From ${first.from}` : told.slice(0, 3).map(({ subject }) => subject).join("\n"); // prettier-ignore
    const shown = notification(title, { body, tag: isOne ? first.messageId : "mayfly" });
    if (shown === undefined) return turnOff();
    shown.onclick = () => {
      window.focus();
      shown.close();
      this.open(isOne ? first.messageId : undefined);
    };
  }
}

function say(text: string): void {
  heard.value = { number: heard.peek().number + 1, text };
}

// Browsers of phones have the permission and the class, and refuse to make one for a page.
function notification(title: string, options: NotificationOptions): Notification | undefined {
  try {
    return new Notification(title, options);
  } catch {
    return undefined;
  }
}
