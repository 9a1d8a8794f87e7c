/** What is done to messages: choosing all, marks, deletion, files. */

import { useEffect, useRef } from "preact/hooks";
import { focusHeading } from "../shell/screen.tsx";
import type { Desk } from "./desk.ts";
import { IconButton } from "../parts/button.tsx";
import { countOf, several } from "../parts/sizes.ts";

interface Props {
  desk: Desk;
  onExport: (ids: readonly string[]) => void;
}

export function Toolbar({ desk, onExport }: Props) {
  const entries = desk.mailbox.entries.value;
  const chosen = desk.selection.ids.value;
  const count = chosen.size;
  const isAll = count > 0 && count === entries.length;
  const ids = (): readonly string[] => desk.aimed(undefined);
  const isAnyUnread = count > 0 && entries.some((entry) => chosen.has(entry.id) && !entry.is_read);
  const hadFocus = useRef(false);
  const leave = (event: FocusEvent): void => {
    if (event.relatedTarget !== null) hadFocus.current = false;
  };
  useEffect(() => {
    // The buttons go with what was chosen, and take the focus with them.
    if (count > 0 || !hadFocus.current) return;
    hadFocus.current = false;
    if (document.activeElement !== document.body) return;
    const next = desk.current.peek() || entries[0]?.id;
    if (entries.length > 0 && next !== undefined) desk.show(next);
    else focusHeading();
  }, [count === 0]);
  return (
    <div class="list-tools" role="group" aria-label="Chosen messages">
      <label class="check">
        <input
          type="checkbox"
          checked={isAll}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && !isAll;
          }}
          disabled={entries.length === 0}
          onChange={() => (isAll ? desk.selection.clear() : desk.selection.choose(entries.map(({ id }) => id)))}
        />
        <span>
          {entries.length > 0 && <span class="visually-hidden">Choose all: </span>}
          {count > 0 ? `${countOf(count)} chosen` : allOf(entries.length, desk.mailbox.hasMore.value)}
        </span>
      </label>
      {count > 0 && (
        <div class="actions" onFocusIn={() => (hadFocus.current = true)} onFocusOut={leave}>
          <IconButton
            icon="eye"
            label={isAnyUnread ? "Mark as read" : "Mark as unread"}
            onClick={() => void desk.mark(ids(), isAnyUnread)}
          />
          <IconButton icon="download" label="Save as files" onClick={() => onExport(ids())} />
          <IconButton icon="trash" label="Delete" onClick={() => void desk.remove(ids())} />
        </div>
      )}
    </div>
  );
}

function allOf(count: number, hasMore: boolean): string {
  if (count === 0) return "No messages";
  return hasMore ? `${countOf(count)} loaded, more below` : several(count, "message");
}
