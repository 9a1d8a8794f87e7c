/** A table in a box that scrolls sideways by itself, so that the page never does. */

import { toChildArray } from "preact";
import type { ComponentChildren } from "preact";

interface Props {
  /** Names the table for screen readers. */
  label: string;
  /** Of the columns; "" for the one with buttons. */
  heads: readonly string[];
  /** Its rows; without any, there is no table. */
  children: ComponentChildren;
}

export function Table({ label, heads, children }: Props) {
  if (toChildArray(children).length === 0) return null;
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head || <span class="visually-hidden">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
