/** Changing the e-mail address or the password of the account. */

import { Unauthorized } from "@mayfly-mail/client";
import type { models } from "@mayfly-mail/client";
import { changeAccount } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { beyond, problemOf } from "../../parts/problems.ts";
import { NameForPasswordManagers, SecretField } from "../../parts/secret_field.tsx";
import { announce } from "../../shell/announcer.tsx";
import { Trouble } from "../reading.tsx";

interface EmailProps {
  of: models.AccountData;
  onChanged: (account: models.AccountData) => void;
}

export function ChangeEmail({ of: own, onChanged }: EmailProps) {
  const [email, setEmail] = useState("");
  const [current, setCurrent] = useState("");
  const changing = useAction(async () => {
    onChanged(await account.value.call(changeAccount({ email: email.trim(), current_password: current || null })));
    setEmail("");
    setCurrent("");
    announce("The e-mail address is changed");
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void changing.run();
  };
  const error = beyond(changing.error.value, ["email", "current_password"]);
  return (
    <form class="panel" onSubmit={submit}>
      <h2>E-mail address</h2>
      <p>A name to sign in with, now {<bdi>{own.email}</bdi>}. Mayfly sends no mail to it.</p>
      <TextField
        label="New e-mail address"
        type="email"
        autocomplete="email"
        required
        value={email}
        onInput={setEmail}
        problem={problemOf(changing.error.value, "email")}
      />
      <CurrentPassword value={current} onInput={setCurrent} error={changing.error.value} />
      {error !== undefined && <Trouble error={error} />}
      <Button type="submit" isBusy={changing.isBusy.value}>
        Change the address
      </Button>
    </form>
  );
}

export function ChangePassword({ of: own }: { of: models.AccountData }) {
  const [password, setPassword] = useState("");
  const [current, setCurrent] = useState("");
  const changing = useAction(async () => {
    await account.value.call(changeAccount({ password, current_password: current || null }));
    setPassword("");
    setCurrent("");
    announce("The password is changed, and all other sessions are ended");
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void changing.run();
  };
  const error = beyond(changing.error.value, ["password", "current_password"]);
  return (
    <form class="panel" onSubmit={submit}>
      <h2>Password</h2>
      <p>A new password ends all other sessions. API keys keep working: revoke those that may have leaked.</p>
      <NameForPasswordManagers name={own.email} />
      <CurrentPassword value={current} onInput={setCurrent} error={changing.error.value} />
      <SecretField
        label="New password"
        name="new-password"
        autocomplete="new-password"
        required
        maxLength={1024}
        value={password}
        onInput={setPassword}
        problem={problemOf(changing.error.value, "password")}
        hint="At least 10 characters."
      />
      {error !== undefined && <Trouble error={error} />}
      <Button type="submit" isBusy={changing.isBusy.value}>
        Change the password
      </Button>
    </form>
  );
}

function CurrentPassword(props: { value: string; onInput: (text: string) => void; error: unknown }) {
  const said = problemOf(props.error, "current_password");
  return (
    <SecretField
      label="Present password"
      name="current-password"
      autocomplete="current-password"
      maxLength={1024}
      value={props.value}
      onInput={props.onInput}
      problem={props.error instanceof Unauthorized && said ? "This is not the present password." : said}
      hint="Leave it empty if the account has no password yet."
    />
  );
}
