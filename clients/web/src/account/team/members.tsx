/** Members of the team, and names that were only put on the list. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { listMembers, removeMember } from "@mayfly-mail/client/operations";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { When } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { listRoster } from "../calls.ts";
import type { RosterEntry } from "../calls.ts";
import { Reading, Trouble } from "../reading.tsx";

interface Team {
  readonly members: readonly models.MemberData[];
  /** What their makers gave for names without an account, by id. */
  readonly given: ReadonlyMap<string, RosterEntry>;
}

export function Members() {
  const team = useLoaded((signal) => teamOf(account.value, signal), [account.value]);
  return (
    <section aria-labelledby="members">
      <h2 id="members">Members</h2>
      <Reading of={team} what="the members">
        {(data) => (
          <MemberList
            team={data}
            onGone={(id) => team.set({ ...data, members: data.members.filter((each) => each.id !== id) })}
          />
        )}
      </Reading>
    </section>
  );
}

async function teamOf(client: Mayfly, signal: AbortSignal): Promise<Team> {
  const { members } = await client.call(listMembers(), { signal });
  const hasNames = members.some((member) => member.account_id === null);
  const given = hasNames ? (await client.call(listRoster(), { signal })).members : [];
  return { members, given: new Map(given.map((entry) => [entry.id, entry])) };
}

function MemberList({ team, onGone }: { team: Team; onGone: (id: string) => void }) {
  const removing = useAction(async (member: models.MemberData) => {
    const text = member.account_id
      ? "Its own plan applies again at once. Its inboxes, mail and keys stay its own."
      : "It is a name on the list only: no account changes.";
    if (!(await confirmed(`Remove ${member.email}?`, text, "Remove"))) return;
    await account.value.call(removeMember(member.id));
    announce("Removed");
    focusHeading();
    onGone(member.id);
  });
  if (team.members.length === 0) return <p>Nobody shares your plan so far.</p>;
  return (
    <>
      {removing.error.value !== undefined && <Trouble error={removing.error.value} />}
      <ul class="account-cards">
        {team.members.map((member) => (
          <li class="account-card spread" key={member.id} aria-label={member.email}>
            <Member of={member} given={team.given.get(member.id)} />
            <Button kind="danger" onClick={() => void removing.run(member)} aria-label={`Remove ${member.email}`}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Member({ of: member, given }: { of: models.MemberData; given: RosterEntry | undefined }) {
  return (
    <div>
      <strong>
        <bdi>{member.name ?? member.email}</bdi>
      </strong>
      {member.name && (
        <>
          {" "}
          <bdi>{member.email}</bdi>
        </>
      )}
      {member.account_id === null ? (
        <p class="hint">
          A name on the list, without any rights (MinuteMail)
          {given && (
            <>
              {" · status "}
              <bdi>{given.status}</bdi>
              {given.user_id && (
                <>
                  {" · user "}
                  <bdi>{given.user_id}</bdi>
                </>
              )}
            </>
          )}{" "}
          · added <When at={member.created_at} />
        </p>
      ) : (
        <p class="hint">
          account <code>{member.account_id}</code>
          {member.accepted_at && (
            <>
              {" · joined "}
              <When at={member.accepted_at} />
            </>
          )}
        </p>
      )}
    </div>
  );
}
