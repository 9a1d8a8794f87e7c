/** The frame of a screen: its title in the tab, its heading, and focus on it when one comes from another screen. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

let isFirst = true;

interface Props {
  title: string;
  /** Names the tab where that says more than the heading. */
  tab?: string;
  /** Beside the heading. */
  actions?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}

export function Screen({ title, tab = title, actions, children, class: more = "" }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(tab);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <main id="main" class={`screen ${more}`}>
      <header class="screen-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

/** Move the focus to the screen's heading, when what had it goes away. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>("#main h1")?.focus();
}

/** Name the tab while a component is shown. */
function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Mayfly` : "Mayfly";
  }, [title]);
}
