/** A chart of bars, with the same figures in a table for whoever would rather read them. */

import { useId } from "preact/hooks";
import { niceTop } from "./scale.ts";
import { countOf } from "./sizes.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Drawn on top of the value in another colour, such as calls that were refused. */
  readonly more?: number;
  /** What a pointer over it shows; label and value by default. */
  readonly title?: string;
}

interface Props {
  caption: string;
  bars: readonly Bar[];
  /** Names of label, value and `more`, for the legend and the table. */
  names?: readonly [string, string, string?];
}

const HEIGHT = 100;
const GAP = 0.2;

export function BarChart({ caption, bars, names = ["Day", "Number"] }: Props) {
  const id = useId();
  const top = niceTop(Math.max(0, ...bars.map(sumOf)));
  return (
    <figure class="bar-chart" aria-labelledby={id}>
      <figcaption id={id}>{caption}</figcaption>
      {names[2] !== undefined && <Legend names={[names[1], names[2]]} />}
      <div class="plot" dir="ltr" aria-hidden="true">
        <div class="scale">
          <span>{countOf(top)}</span>
          <span>0</span>
        </div>
        <svg viewBox={`0 0 ${Math.max(1, bars.length)} ${HEIGHT}`} preserveAspectRatio="none" focusable="false">
          {bars.map((bar, index) => (
            <Column key={bar.label} bar={bar} index={index} top={top} />
          ))}
        </svg>
        <div class="span">
          <span>{bars[0]?.label}</span>
          <span>{bars.at(-1)?.label}</span>
        </div>
      </div>
      <details>
        <summary>Figures as a table</summary>
        <Figures bars={bars} names={names} caption={caption} />
      </details>
    </figure>
  );
}

function Legend({ names }: { names: readonly [string, string] }) {
  return (
    <p class="legend" aria-hidden="true">
      <span class="value">{names[0]}</span> <span class="more">{names[1]}</span>
    </p>
  );
}

function Column({ bar, index, top }: { bar: Bar; index: number; top: number }) {
  const [value, more] = [(bar.value / top) * HEIGHT, ((bar.more ?? 0) / top) * HEIGHT];
  const place = { x: index + GAP / 2, width: 1 - GAP };
  return (
    <g>
      <title>{bar.title ?? `${bar.label}: ${countOf(bar.value)}`}</title>
      <rect class="area" x={index} width={1} y={0} height={HEIGHT} />
      <rect class="value" {...place} y={HEIGHT - value} height={value} />
      <rect class="more" {...place} y={HEIGHT - value - more} height={more} />
    </g>
  );
}

function Figures({ bars, names, caption }: Required<Props>) {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <thead>
          <tr>
            {names.map((name, index) => (
              <th key={name} scope="col" class={index === 0 ? undefined : "number"}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.toReversed().map((bar) => (
            <tr key={bar.label}>
              <th scope="row">{bar.label}</th>
              <td class="number">{countOf(bar.value)}</td>
              {names[2] !== undefined && <td class="number">{countOf(bar.more ?? 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sumOf(bar: Bar): number {
  return bar.value + (bar.more ?? 0);
}
