/** Fields of forms: a visible label, a hint, and the server's complaint beside the field it is about. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Around {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with the value; "" for nothing. */
  problem?: string | undefined;
}

interface Input extends Around {
  value: string;
  onInput: (text: string) => void;
  type?: "text" | "password" | "email" | "url" | "number" | "search" | "datetime-local";
  name?: string;
  placeholder?: string;
  /** What browsers and password managers may fill in; "off" by default. */
  autocomplete?: string;
  inputMode?: "numeric" | "text";
  min?: number;
  max?: number;
  maxLength?: number;
  required?: boolean;
  disabled?: boolean;
  autofocus?: boolean;
  spellcheck?: boolean;
}

export function TextField({
  label,
  hint,
  problem = "",
  value,
  onInput,
  type = "text",
  autocomplete = "off",
  ...rest
}: Input) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        type={type as "text"} // Preact has another set of roles for each type, and this one has none
        autocomplete={autocomplete}
        id={id}
        value={value}
        aria-describedby={`${id}-hint ${id}-problem`}
        aria-invalid={problem !== ""}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <Notes id={id} hint={hint} problem={problem} />
    </div>
  );
}

type Choice = Around & {
  value: string;
  onChange: (value: string) => void;
  /** Pairs of value and text. */
  options: readonly (readonly [string, string])[];
};

export function SelectField({ label, hint, problem = "", value, onChange, options }: Choice) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint ${id}-problem`}
        aria-invalid={problem !== ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
      <Notes id={id} hint={hint} problem={problem} />
    </div>
  );
}

export function CheckField({
  label,
  isOn,
  onChange,
}: {
  label: ComponentChildren;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Notes({ id, hint, problem }: { id: string; hint?: ComponentChildren; problem: string }) {
  return (
    <>
      <p class="hint" id={`${id}-hint`} hidden={hint === undefined}>
        {hint}
      </p>
      <p class="problem" id={`${id}-problem`} role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </>
  );
}
