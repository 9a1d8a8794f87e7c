/** Open invitations: made, handed over, withdrawn. */

import type { models } from "@mayfly-mail/client";
import { invite, listInvitations, withdrawInvitation } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { beyond, problemOf } from "../../parts/problems.ts";
import { SecretOnce } from "../../parts/secret_once.tsx";
import { When } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { Reading, Trouble } from "../reading.tsx";

export function Invitations() {
  const open = useLoaded((signal) => account.value.call(listInvitations(), { signal }), [account.value]);
  const [made, setMade] = useState<models.NewInvitation | undefined>();
  const add = (invitation: models.NewInvitation): void => {
    setMade(invitation);
    open.set({ invitations: [invitation, ...(open.data.value?.invitations ?? [])] });
  };
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">Invitations</h2>
      {made && (
        <SecretOnce
          title={`Invitation of ${made.email}`}
          what="code"
          secret={made.code}
          filename="mayfly-invitation.txt"
          onDone={() => setMade(undefined)}
        >
          <p>
            Mayfly sends no mail. Hand over this code and the id <code>{made.id}</code>{" "}
            <CopyButton text={made.id} label="Copy the id of the invitation" kind="quiet">
              Copy
            </CopyButton>
            ; they are accepted under Account, Team, within 7 days.
          </p>
        </SecretOnce>
      )}
      <Invite onMade={add} />
      <Reading of={open} what="open invitations">
        {(data) => (
          <OpenInvitations
            invitations={data.invitations}
            onGone={(id) => {
              if (made?.id === id) setMade(undefined);
              open.set({ invitations: data.invitations.filter((each) => each.id !== id) });
            }}
          />
        )}
      </Reading>
    </section>
  );
}

function Invite({ onMade }: { onMade: (invitation: models.NewInvitation) => void }) {
  const [email, setEmail] = useState("");
  const inviting = useAction(async () => {
    onMade(await account.value.call(invite({ email: email.trim() })));
    setEmail("");
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void inviting.run();
  };
  const error = beyond(inviting.error.value, ["email"]);
  return (
    <form onSubmit={submit}>
      <TextField
        label="Invite"
        type="email"
        required
        value={email}
        onInput={setEmail}
        problem={problemOf(inviting.error.value, "email")}
        hint="A note for your list: whoever has id and code can accept, under any name."
      />
      {error !== undefined && <Trouble error={error} />}
      <Button type="submit" kind="primary" isBusy={inviting.isBusy.value}>
        Make an invitation
      </Button>
    </form>
  );
}

interface OpenProps {
  invitations: readonly models.InvitationData[];
  onGone: (id: string) => void;
}

function OpenInvitations({ invitations, onGone }: OpenProps) {
  const withdrawing = useAction(async (invitation: models.InvitationData) => {
    const text = "Its code stops working.";
    if (!(await confirmed(`Withdraw the invitation of ${invitation.email}?`, text, "Withdraw it"))) return;
    await account.value.call(withdrawInvitation(invitation.id));
    announce("Withdrawn");
    focusHeading();
    onGone(invitation.id);
  });
  if (invitations.length === 0) return <p>No invitation is open.</p>;
  return (
    <>
      {withdrawing.error.value !== undefined && <Trouble error={withdrawing.error.value} />}
      <ul class="account-cards">
        {invitations.map((invitation) => (
          <li class="account-card spread" key={invitation.id} aria-label={invitation.email}>
            <div>
              <strong>
                <bdi>{invitation.email}</bdi>
              </strong>
              <p class="hint">
                id <code>{invitation.id}</code> · made <When at={invitation.created_at} />
                {invitation.expires_at && (
                  <>
                    {" · ends "}
                    <When at={invitation.expires_at} />
                  </>
                )}
              </p>
            </div>
            <Button
              kind="danger"
              onClick={() => void withdrawing.run(invitation)}
              aria-label={`Withdraw the invitation of ${invitation.email}`}
            >
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
