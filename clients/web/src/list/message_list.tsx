/**
 * The list of messages, of which only the rows in view exist. New mail does not move what is read, and the focus stays
 * on its message, or goes to the next one when that message is gone.
 */

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Entry } from "../mail/entry.ts";
import type { Place } from "../shell/places.ts";
import { density, rowHeight } from "./density.ts";
import type { Desk } from "./desk.ts";
import { MessageRow } from "./message_row.tsx";
import { rowsIn, topAfter, topToShow } from "./window.ts";

/** So many rows before its end the list reads on. */
const AHEAD = 25;

interface Props {
  desk: Desk;
  /** Id of the message that is read. */
  open: string | undefined;
  placeOf: (id: string) => Place;
  onOpen: (id: string) => void;
}

export function MessageList({ desk, open, placeOf, onOpen }: Props) {
  const { mailbox, selection } = desk;
  const entries = mailbox.entries.value;
  const chosen = selection.ids.value;
  const current = desk.current.value;
  const scroller = useScroller(desk, entries);
  const { row, rows, index } = scroller;
  const choose = useCallback(
    (id: string, isRange: boolean) => (isRange ? selection.reach(id, ids(desk.entries)) : selection.toggle(id)),
    [desk],
  );
  const focus = useCallback((id: string) => (desk.current.value = id), [desk]);
  useEffect(() => {
    if ((rows.at(-1) ?? 0) >= entries.length - AHEAD) void mailbox.more();
  });
  const size = mailbox.hasMore.value ? -1 : entries.length;
  const reachable = index.has(current) ? current : entries[0]?.id;
  return (
    <div
      class="list-scroll"
      ref={scroller.box}
      tabIndex={-1}
      onScroll={scroller.onScroll}
      onKeyDown={(event) => onKey(event, desk)}
    >
      {entries.length > 0 && (
        <ul
          role="list"
          class={`rows ${density.value}`}
          aria-label="Messages"
          style={{ blockSize: `${entries.length * row}px` }}
        >
          {rows.map((place) => {
            const entry = entries[place]!;
            return (
              <MessageRow
                key={entry.id}
                entry={entry}
                placeOf={placeOf}
                q={mailbox.q.value}
                own={desk.source.inbox.value?.address}
                index={place}
                size={size}
                height={row}
                isOpen={entry.id === open}
                isChosen={chosen.has(entry.id)}
                isCurrent={entry.id === reachable}
                onChoose={choose}
                onOpen={onOpen}
                onFocus={focus}
              />
            );
          })}
        </ul>
      )}
      <NewAbove scroller={scroller} entries={entries} />
    </div>
  );
}

interface Scroller {
  readonly box: { current: HTMLDivElement | null };
  readonly row: number;
  /** Places of the rows that are rendered, in order. */
  readonly rows: readonly number[];
  readonly index: ReadonlyMap<string, number>;
  readonly top: number;
  readonly onScroll: () => void;
}

/** Keep what is in view in view, whatever comes above it. */
function useScroller(desk: Desk, entries: readonly Entry[]): Scroller {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800, row: rowHeight(density.peek()) });
  const before = useRef({ entries, row: view.row });
  const wanted = useRef("");
  const index = useMemo(() => new Map(entries.map((entry, place) => [entry.id, place])), [entries]);
  const focused = focusedIn(box.current);
  const row = view.row;
  let { top } = view;
  if (before.current.entries !== entries) top = topAfter(view, row, ids(before.current.entries), index, focused);
  if (before.current.row !== row) top = (view.top / before.current.row) * row;

  const look = useCallback(() => {
    if (!box.current || box.current.clientHeight === 0) return;
    const seen = { top: box.current.scrollTop, height: box.current.clientHeight, row: rowHeight(density.peek()) };
    setView((known) =>
      known.top === seen.top && known.height === seen.height && known.row === seen.row ? known : seen,
    );
  }, []);
  useLayoutEffect(() => {
    const earlier = before.current;
    before.current = { entries, row };
    if ((earlier.entries === entries && earlier.row === row) || !box.current) return;
    if (box.current.clientHeight > 0) box.current.scrollTop = top;
    const here = desk.current.peek();
    if (here !== "" && !index.has(here)) desk.current.value = heirOf(here, ids(earlier.entries), index);
    if (focused !== undefined && focusedIn(box.current) === undefined) {
      if (entries.length > 0) desk.show(desk.current.peek());
      else box.current.focus();
    }
    look();
  }, [entries, row]);
  useLayoutEffect(look, [density.value]);
  useRestored(box, view.top, look);

  desk.show = (id) => {
    const place = index.get(id);
    if (place === undefined || !box.current) return;
    wanted.current = id;
    box.current.scrollTop = topToShow({ top: box.current.scrollTop, height: box.current.clientHeight }, row, place);
    setView({ top: box.current.scrollTop, height: box.current.clientHeight || view.height, row });
  };
  useLayoutEffect(() => {
    if (wanted.current === "") return;
    const link = box.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(wanted.current)}"] a`);
    if (!link) return;
    wanted.current = "";
    link.focus({ preventScroll: true });
  });

  const [first, end] = rowsIn({ top, height: view.height }, row, entries.length);
  const kept = [index.get(desk.current.value), index.get(wanted.current)].filter((place) => place !== undefined);
  const rows = [...new Set([...range(first, end), ...kept])].sort((one, other) => one - other);
  return { box, row, rows, index, top, onScroll: look };
}

/** Follow the size of the list; where it was hidden behind a message, go back to where it was. */
function useRestored(box: { current: HTMLDivElement | null }, top: number, look: () => void): void {
  const last = useRef(top);
  const wasHidden = useRef(false);
  if (!wasHidden.current) last.current = top;
  useLayoutEffect(() => {
    const shown = box.current!;
    const watch = new ResizeObserver(() => {
      const isHidden = shown.clientHeight === 0;
      if (wasHidden.current && !isHidden) shown.scrollTop = last.current;
      wasHidden.current = isHidden;
      look();
    });
    watch.observe(shown);
    return () => watch.disconnect();
  }, []);
}

/** Says how many messages came above what is in view, and leads there. */
function NewAbove({ scroller, entries }: { scroller: Scroller; entries: readonly Entry[] }) {
  const { top, row, box } = scroller;
  const seen = useRef(entries[0]?.id ?? "");
  const isAtTop = top < row / 2;
  useEffect(() => {
    if (isAtTop || seen.current === "") seen.current = entries[0]?.id ?? "";
  }, [isAtTop, entries]);
  const count = isAtTop ? 0 : entries.findIndex((entry) => entry.id <= seen.current);
  if (count <= 0) return null;
  return (
    <button type="button" class="button primary new-above" onClick={() => box.current?.scrollTo({ top: 0 })}>
      ↑ {count} new
    </button>
  );
}

function onKey(event: KeyboardEvent, desk: Desk): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  desk.move(step);
}

function focusedIn(box: HTMLElement | null): string | undefined {
  const focused = document.activeElement;
  return box?.contains(focused) ? focused?.closest<HTMLElement>(".row")?.dataset["id"] : undefined;
}

/** Return the message that comes after one that is gone, or else the one before it. */
function heirOf(gone: string, before: readonly string[], index: ReadonlyMap<string, number>): string {
  const place = before.indexOf(gone);
  const after = before.slice(place + 1).find((id) => index.has(id));
  return after ?? before.slice(0, Math.max(0, place)).findLast((id) => index.has(id)) ?? "";
}

function ids(entries: readonly Entry[]): string[] {
  return entries.map((entry) => entry.id);
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step);
}
