/** A plan by its name; the presets are offered, and operators may have others. */

import { useId } from "preact/hooks";

const PRESETS = ["free", "hobbyist", "premium", "pro", "team"];

export function PlanField({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Plan</label>
      <input
        id={id}
        list={`${id}-plans`}
        value={value}
        required
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <datalist id={`${id}-plans`}>
        {PRESETS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
