/** The team: whose plan the account shares, or who shares its plan. */

import type { models } from "@mayfly-mail/client";
import { getAccount, leaveTeam } from "@mayfly-mail/client/operations";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { Reading, Trouble } from "../reading.tsx";
import { AcceptInvitation } from "./accept_invitation.tsx";
import { Invitations } from "./invitations.tsx";
import { Members } from "./members.tsx";

export function Team() {
  const own = useLoaded((signal) => account.value.call(getAccount(), { signal }), [account.value]);
  return (
    <>
      <p>
        Accounts in a team share the plan and the limits of its owner. Inboxes, mail, keys and webhooks stay each
        account's own: nobody else sees them.
      </p>
      <Reading of={own} what="your account">
        {(data) => (isMember(data) ? <Membership of={data} onLeft={own.reload} /> : <Owned onJoined={own.reload} />)}
      </Reading>
    </>
  );
}

function isMember(data: models.AccountData): boolean {
  return data.team_id !== null && data.team_id !== data.id;
}

function Membership({ of: own, onLeft }: { of: models.AccountData; onLeft: () => Promise<void> }) {
  const leaving = useAction(async () => {
    const text = `Your own plan, ${own.plan}, applies again at once. To come back takes a new invitation.`;
    if (!(await confirmed("Leave the team?", text, "Leave the team"))) return;
    await account.value.call(leaveTeam());
    await onLeft();
    focusHeading();
    announce("You have left the team");
  });
  return (
    <section class="panel" aria-labelledby="membership">
      <h2 id="membership">You are in a team</h2>
      <p>
        You share the plan of the account <code>{own.team_id}</code>. Your own plan is <strong>{own.plan}</strong>.
      </p>
      {leaving.error.value !== undefined && <Trouble error={leaving.error.value} />}
      <Button kind="danger" isBusy={leaving.isBusy.value} onClick={() => void leaving.run()}>
        Leave the team
      </Button>
    </section>
  );
}

function Owned({ onJoined }: { onJoined: () => Promise<void> }) {
  return (
    <>
      <Invitations />
      <Members />
      <AcceptInvitation onJoined={onJoined} />
    </>
  );
}
