/** Links to the sections of a screen, each of which has a URL of its own. */

import type { Place } from "../shell/places.ts";
import { Link } from "./link.tsx";

interface Props {
  /** Names the group for screen readers, such as "Account". */
  label: string;
  items: readonly { readonly to: Place; readonly text: string; readonly isHere: boolean }[];
}

export function Sections({ label, items }: Props) {
  return (
    <nav class="sections" aria-label={label}>
      {items.map((item) => (
        <Link key={item.text} to={item.to} aria-current={item.isHere ? "page" : undefined}>
          {item.text}
        </Link>
      ))}
    </nav>
  );
}
