/** Signing in with e-mail address and password, or making an account first. */

import { Conflict, Unauthorized } from "@mayfly-mail/client";
import { logIn, register } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { clientWith } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed } from "../parts/notice.tsx";
import { beyond, problemOf } from "../parts/problems.ts";
import { SecretField } from "../parts/secret_field.tsx";

const FIELDS = ["email", "password"];

/** `onKey` is called with the token of the session. */
export function PasswordForm({ onKey }: { onKey: (token: string) => void }) {
  const [isNew, setNew] = useState(false);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useAction(async () => {
    const stranger = clientWith("");
    if (isNew) await stranger.call(register({ email, password }));
    const session = await stranger.call(logIn({ email, password }));
    onKey(session.access_token);
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void enter.run();
  };
  const error = enter.error.value;
  const isTaken = isNew && error instanceof Conflict;
  return (
    <form onSubmit={submit}>
      <h2>{isNew ? "A new account" : "With e-mail and password"}</h2>
      <TextField
        label="E-mail address"
        type="email"
        name="email"
        autocomplete="username"
        required
        value={email}
        onInput={setEmail}
        problem={isTaken ? "There is an account with this address: sign in instead." : problemOf(error, "email")}
        hint={isNew ? "A name to sign in with. Mayfly sends no mail, so nothing is confirmed." : undefined}
      />
      <SecretField
        label="Password"
        name="password"
        autocomplete={isNew ? "new-password" : "current-password"}
        required
        maxLength={1024}
        value={password}
        onInput={setPassword}
        problem={wrongPassword(error) || problemOf(error, "password")}
        hint={isNew ? "At least 10 characters. The account has the plan “free”." : undefined}
      />
      {!isTaken && !wrongPassword(error) && beyond(error, FIELDS) !== undefined && <Failed error={error} />}
      <div class="actions">
        <Button type="submit" kind="primary" isBusy={enter.isBusy.value}>
          {isNew ? "Create account and sign in" : "Sign in"}
        </Button>
        <Button kind="quiet" onClick={() => setNew(!isNew)}>
          {isNew ? "I have an account" : "Create an account"}
        </Button>
      </div>
    </form>
  );
}

function wrongPassword(error: unknown): string {
  return error instanceof Unauthorized
    ? "Wrong e-mail address or password. Accounts that the operator made have a key and no password."
    : "";
}
