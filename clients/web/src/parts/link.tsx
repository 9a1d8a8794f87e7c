/** A link to another place of the page. It is a real link: it opens in a new tab, and its address can be copied. */

import type { ComponentChildren, TargetedMouseEvent } from "preact";
import { go, hrefOf } from "../shell/router.ts";
import type { Place } from "../shell/places.ts";

interface Props {
  to: Place;
  q?: string;
  class?: string | undefined;
  id?: string;
  title?: string;
  tabIndex?: number;
  "aria-label"?: string | undefined;
  "aria-current"?: "page" | "true" | undefined;
  onClick?: (event: TargetedMouseEvent<HTMLAnchorElement>) => void;
  children: ComponentChildren;
}

export function Link({ to, q = "", children, onClick, ...rest }: Props) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || isElsewhere) return;
    event.preventDefault();
    go(to, { q });
  };
  return (
    <a {...rest} href={hrefOf(to, q)} onClick={follow}>
      {children}
    </a>
  );
}
