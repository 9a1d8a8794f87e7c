/**
 * Tabs, as the ARIA Authoring Practices describe them: one stop of the Tab key, arrows between them, Enter or Space shows
 * one. A panel is made when it is first shown, and stays, hidden, so that nothing is read twice.
 */

import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { countOf } from "./sizes.ts";

export interface TabItem {
  readonly id: string;
  readonly label: string;
  /** Shown beside the label. */
  readonly count?: number | undefined;
  readonly panel: () => ComponentChildren;
}

interface Props {
  /** Names the group. */
  label: string;
  items: readonly TabItem[];
  selected: string;
  onSelect: (id: string) => void;
}

export function Tabs({ label, items, selected, onSelect }: Props) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const seen = useRef(new Set<string>());
  const [focused, setFocused] = useState<string>();
  seen.current.add(selected);
  const stop = focused ?? selected;
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const next = nextOf(items, stop, event.key, isRightToLeft(event.currentTarget));
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setFocused(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  const leave = (): void => {
    if (!list.current?.contains(document.activeElement)) setFocused(undefined);
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={move} onFocusOut={() => setTimeout(leave)}>
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            role="tab"
            id={`${base}-${item.id}`}
            data-tab={item.id}
            aria-selected={item.id === selected}
            aria-controls={`${base}-${item.id}-panel`}
            tabIndex={item.id === stop ? 0 : -1}
            onClick={() => onSelect(item.id)}
          >
            {item.label}
            {item.count !== undefined && <span class="count">{countOf(item.count)}</span>}
          </button>
        ))}
      </div>
      {items.map((item) => (
        <div
          key={item.id}
          role="tabpanel"
          id={`${base}-${item.id}-panel`}
          aria-labelledby={`${base}-${item.id}`}
          tabIndex={0}
          hidden={item.id !== selected}
        >
          {seen.current.has(item.id) && item.panel()}
        </div>
      ))}
    </div>
  );
}

function nextOf(items: readonly TabItem[], from: string, key: string, isReversed: boolean): TabItem | undefined {
  const place = items.findIndex((item) => item.id === from);
  const [forward, back] = isReversed ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  if (key === forward) return items[(place + 1) % items.length];
  if (key === back) return items[(place - 1 + items.length) % items.length];
  if (key === "Home") return items[0];
  return key === "End" ? items.at(-1) : undefined;
}

function isRightToLeft(element: Element): boolean {
  return getComputedStyle(element).direction === "rtl";
}
