/** Joining a team with the id and the code that its owner handed over. */

import { NotFound } from "@mayfly-mail/client";
import { acceptInvitation } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { SecretField } from "../../parts/secret_field.tsx";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { Trouble } from "../reading.tsx";

export function AcceptInvitation({ onJoined }: { onJoined: () => Promise<void> }) {
  const [id, setId] = useState("");
  const [code, setCode] = useState("");
  const accepting = useAction(async () => {
    await account.value.call(acceptInvitation(id.trim(), { code: code.trim() }));
    focusHeading();
    announce("You are in the team");
    await onJoined();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void accepting.run();
  };
  const error = accepting.error.value;
  const isUnknown = error instanceof NotFound;
  return (
    <section class="panel" aria-labelledby="accept">
      <h2 id="accept">Join a team</h2>
      <p>With the id and the code of an invitation, which its maker gives you. An account is in one team at most.</p>
      <form onSubmit={submit}>
        <TextField label="Id of the invitation" required spellcheck={false} value={id} onInput={setId} />
        <SecretField
          label="Code"
          name="code"
          autocomplete="off"
          required
          maxLength={200}
          value={code}
          onInput={setCode}
          hint="It begins with mfc_."
          problem={isUnknown ? "No open invitation has this id and code: used, withdrawn, or older than 7 days." : ""}
        />
        {error !== undefined && !isUnknown && <Trouble error={error} />}
        <Button type="submit" isBusy={accepting.isBusy.value}>
          Join the team
        </Button>
      </form>
    </section>
  );
}
