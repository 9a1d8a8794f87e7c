/** How high the rows of lists are; the user's choice is kept on this device. */

import { signal } from "@preact/signals";
import { store, stored } from "../parts/storage.ts";

export type Density = "comfortable" | "compact";

const NAME = "mayfly.density";
const REMS: Readonly<Record<Density, number>> = { comfortable: 5.25, compact: 2.75 };

export const density = signal<Density>(stored("device", NAME) === "compact" ? "compact" : "comfortable");

export function choose(wanted: Density): void {
  density.value = wanted;
  store("device", NAME, wanted);
}

/** Return the height of a row in pixels, for the size of text that the browser has now. */
export function rowHeight(wanted: Density): number {
  return Math.round(REMS[wanted] * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
}
