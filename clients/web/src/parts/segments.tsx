/** A choice among few things that are all visible: radio buttons side by side. */

import { useId } from "preact/hooks";

interface Props<T extends string> {
  /** Names the group; visible unless `isLabelHidden`. */
  label: string;
  isLabelHidden?: boolean;
  value: T;
  onChange: (value: T) => void;
  /** Pairs of value and text. */
  options: readonly (readonly [T, string])[];
}

export function Segments<T extends string>({ label, isLabelHidden = false, value, onChange, options }: Props<T>) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class={isLabelHidden ? "visually-hidden" : ""}>{label}</legend>
      <div>
        {options.map(([each, text]) => (
          <label key={each}>
            <input type="radio" name={name} checked={each === value} onChange={() => onChange(each)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
