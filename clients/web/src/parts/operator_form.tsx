/** Asks for the operator's token, and tries it before it is kept. */

import { NotFound, Unauthorized } from "@mayfly-mail/client";
import { getMaintenance } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { keepOperatorToken } from "../access/credentials.ts";
import { clientWith } from "../access/server.ts";
import { useAction } from "./action.ts";
import { Button } from "./button.tsx";
import { Failed } from "./notice.tsx";
import { NameForPasswordManagers, SecretField } from "./secret_field.tsx";

interface Props {
  /** Where the screen's heading does not say it already. */
  heading?: string;
  /** Called when the token is in use. */
  onDone?: () => void;
}

export function OperatorForm({ heading, onDone }: Props) {
  const [token, setToken] = useState("");
  const check = useAction(async () => {
    await clientWith(token.trim()).call(getMaintenance());
    keepOperatorToken(token.trim());
    onDone?.();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void check.run();
  };
  const error = check.error.value;
  const problem = problemWith(error);
  return (
    <form onSubmit={submit}>
      {heading && <h2>{heading}</h2>}
      <NameForPasswordManagers name="Operator of Mayfly" />
      <SecretField
        label="Operator's token"
        name="password"
        autocomplete="current-password"
        required
        value={token}
        onInput={setToken}
        problem={problem}
        hint={
          <>
            <code>MAYFLY_ADMIN_TOKEN</code>; <code>make run</code> writes it to <code>.mayfly/admin-token</code>. It is
            kept in this tab only.
          </>
        }
      />
      {error !== undefined && !problem && <Failed error={error} />}
      <Button type="submit" isBusy={check.isBusy.value}>
        Open the operator's screens
      </Button>
    </form>
  );
}

function problemWith(error: unknown): string {
  if (error instanceof Unauthorized) return "This is not the operator's token of this installation.";
  if (error instanceof NotFound) return "The operator's API has a port of its own here: open the page at that port.";
  return error instanceof TypeError ? "This has characters that no token has." : "";
}
