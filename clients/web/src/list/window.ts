/** Which rows of a long list are in view, and where the view has to be after rows came above it. Pure; all in pixels. */

/** Rows above and below the view that are there already, so that scrolling shows no gaps. */
const SPARE = 6;

export interface View {
  readonly top: number;
  readonly height: number;
}

/** Return the first row to be rendered and the one after the last. */
export function rowsIn(view: View, row: number, count: number): readonly [number, number] {
  const first = Math.floor(view.top / row) - SPARE;
  const end = Math.ceil((view.top + view.height) / row) + SPARE;
  return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(end, count))];
}

/**
 * Return where to scroll to after the list changed, so that what is read stays where it is. At its very top the list
 * shows the newest, unless that would push the row with the focus out of view.
 */
export function topAfter(
  view: View,
  row: number,
  before: readonly string[],
  after: ReadonlyMap<string, number>,
  focused: string | undefined,
): number {
  if (view.top < 1) {
    const place = focused === undefined ? undefined : after.get(focused);
    if (place === undefined) return 0;
    const overhang = (place + 1) * row - view.height;
    return before.indexOf(focused!) * row + row <= view.height ? Math.max(0, overhang) : 0;
  }
  for (let index = Math.floor(view.top / row); index < before.length; index += 1) {
    const place = after.get(before[index]!);
    if (place !== undefined) return Math.max(0, view.top + (place - index) * row);
  }
  return view.top;
}

/** Return where to scroll to so that a row is wholly in view; the same place if it is. */
export function topToShow(view: View, row: number, index: number): number {
  const start = index * row;
  if (start < view.top) return start;
  return start + row > view.top + view.height ? start + row - view.height : view.top;
}
