/**
 * Keyboard shortcuts, as mail programs have them. A screen names its own with `useShortcuts`; `?` lists those that work
 * where one is.
 */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";

export interface Shortcut {
  /** As `KeyboardEvent.key` names it. */
  readonly key: string;
  /** What it does, for the list. */
  readonly does: string;
  readonly run: () => void;
}

const active = signal<readonly (readonly Shortcut[])[]>([]);
const isListed = signal(false);

/** Have these keys work while a component is shown; a later component's come first. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    active.value = [...active.peek(), shortcuts];
    return () => {
      active.value = active.peek().filter((each) => each !== shortcuts);
    };
  });
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]") || isTyping(event.target, event.key)) return;
  if (event.key === "?") {
    isListed.value = true;
    event.preventDefault();
    return;
  }
  const found = active
    .peek()
    .toReversed()
    .flat()
    .find((shortcut) => shortcut.key === event.key);
  if (!found) return;
  event.preventDefault();
  found.run();
});

/** The list of the keys that work here; rendered once, by the shell. */
export function ShortcutList() {
  if (!isListed.value) return null;
  const shortcuts = [...active.value.toReversed().flat(), { key: "?", does: "Show this list" }];
  return (
    <Dialog title="Keys" onClose={() => (isListed.value = false)}>
      <dl class="keys">
        {shortcuts.map((shortcut) => (
          <div key={shortcut.key}>
            <dt>
              <kbd>{shortcut.key}</kbd>
            </dt>
            <dd>{shortcut.does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Show the list of keys. */
export function listShortcuts(): void {
  isListed.value = true;
}

// Escape works in fields too, and Enter on what it would press anyway belongs to that.
function isTyping(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return key !== "Escape";
  return key === "Enter" && target.closest("a, button, summary, [role=button]") !== null;
}
