/** The two ways to sign in to an account, for the screen and for the dialog that asks for it anew. */

import { useState } from "preact/hooks";
import { isRemembered, keepKey } from "../access/credentials.ts";
import { discovery } from "../access/server.ts";
import { CheckField } from "../parts/field.tsx";
import { KeyForm } from "./key_form.tsx";
import { PasswordForm } from "./password_form.tsx";

/** `onDone` is called when the new key or session is in use. */
export function AccountForms({ onDone }: { onDone: () => void }) {
  const [remembers, setRemembers] = useState(isRemembered.value);
  const keep = (key: string): void => {
    keepKey(key, remembers);
    onDone();
  };
  const hasPasswords = discovery.value?.sign_up ?? true;
  return (
    <>
      <CheckField
        label="Remember on this device; otherwise the key is kept in this tab only"
        isOn={remembers}
        onChange={setRemembers}
      />
      <div class="ways">
        <KeyForm onKey={keep} />
        {hasPasswords && <PasswordForm onKey={keep} />}
      </div>
    </>
  );
}
