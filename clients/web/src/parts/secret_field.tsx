/** A field for a secret: hidden unless one asks to see it, and known to password managers. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { TextField } from "./field.tsx";

interface Props {
  label: string;
  hint?: ComponentChildren;
  problem?: string | undefined;
  value: string;
  onInput: (text: string) => void;
  name: string;
  autocomplete: "current-password" | "new-password" | "off";
  required?: boolean;
  maxLength?: number;
  autofocus?: boolean;
}

export function SecretField(props: Props) {
  const [isShown, setShown] = useState(false);
  const does = isShown ? "Hide" : "Show";
  return (
    <div class="secret-field">
      <TextField {...props} type={isShown ? "text" : "password"} spellcheck={false} />
      <button type="button" class="reveal" aria-label={`${does}: ${props.label}`} onClick={() => setShown(!isShown)}>
        {does}
      </button>
    </div>
  );
}

/** What a password manager files a secret under, where no user name is asked for. */
export function NameForPasswordManagers({ name }: { name: string }) {
  return (
    <input
      class="visually-hidden"
      type="text"
      name="username"
      autocomplete="username"
      value={name}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
