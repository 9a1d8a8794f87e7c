/** The keys of a list of mail, as mail programs have them. */

import { useShortcuts } from "../shell/shortcuts.tsx";
import type { Desk } from "./desk.ts";

interface Reading {
  readonly open: (id: string) => void;
  readonly close: () => void;
}

export function useListKeys(desk: Desk, open: string | undefined, reading: Reading): void {
  const step = (by: number): void => {
    const next = desk.move(by, open);
    if (open !== undefined && next !== undefined && next !== open) reading.open(next);
  };
  const remove = async (): Promise<void> => {
    const ids = desk.aimed(open);
    if ((await desk.remove(ids)) && open !== undefined && ids.includes(open)) reading.close();
  };
  const escape = (): void => {
    if (desk.selection.ids.peek().size > 0) desk.selection.clear();
    else if (open !== undefined) reading.close();
  };
  useShortcuts([
    { key: "j", does: "Next message", run: () => step(1) },
    { key: "k", does: "Message before", run: () => step(-1) },
    { key: "Enter", does: "Read the message", run: () => desk.current.peek() && reading.open(desk.current.peek()) },
    { key: "u", does: "Back to the list", run: () => open !== undefined && reading.close() },
    { key: "x", does: "Choose the message, or let go of it", run: () => toggle(desk, open) },
    { key: "#", does: "Delete what is chosen, or the message", run: () => void remove() },
    { key: "I", does: "Mark as read (Shift+i)", run: () => void desk.mark(desk.aimed(open), true) },
    { key: "U", does: "Mark as unread (Shift+u)", run: () => void desk.mark(desk.aimed(open), false) },
    { key: "/", does: "Search", run: focusSearch },
    { key: "Escape", does: "Let go of what is chosen; close the message", run: escape },
  ]);
}

function toggle(desk: Desk, open: string | undefined): void {
  const id = open ?? desk.current.peek();
  if (id !== "") desk.selection.toggle(id);
}

function focusSearch(): void {
  document.querySelector<HTMLInputElement>(".list-search input")?.focus();
}
