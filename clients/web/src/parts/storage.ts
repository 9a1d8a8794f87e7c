/**
 * What the browser keeps, in this tab or on this device. It can be switched off, so that even naming it throws; then all
 * of it lasts until the page is left.
 */

export type Keeper = "tab" | "device";

/** Return what is kept under a name; "" for nothing. */
export function stored(keeper: Keeper, name: string): string {
  try {
    return storageOf(keeper).getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Keep a text under a name; "" keeps nothing there. */
export function store(keeper: Keeper, name: string, text: string): void {
  try {
    if (text) storageOf(keeper).setItem(name, text);
    else storageOf(keeper).removeItem(name);
  } catch {
    return;
  }
}

function storageOf(keeper: Keeper): Storage {
  return keeper === "tab" ? sessionStorage : localStorage;
}
