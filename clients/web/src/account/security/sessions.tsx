/** Sessions of the account: where somebody signed in with the password, and ending them. */

import type { models } from "@mayfly-mail/client";
import { endOtherSessions, endSession, listSessions } from "@mayfly-mail/client/operations";
import { account } from "../../access/server.ts";
import { signOut } from "../../access/session.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { When } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { go } from "../../shell/router.ts";
import { focusHeading } from "../../shell/screen.tsx";
import { Reading, Trouble } from "../reading.tsx";

export function Sessions() {
  const sessions = useLoaded((signal) => account.value.call(listSessions(), { signal }), [account.value]);
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <p>Each sign-in with the password opens one, for 12 hours at most. What ends here stops working at once.</p>
      <Reading of={sessions} what="the sessions">
        {(data) => <SessionList sessions={data.sessions} onChanged={(left) => sessions.set({ sessions: left })} />}
      </Reading>
    </section>
  );
}

interface ListProps {
  sessions: readonly models.OpenSession[];
  onChanged: (sessions: readonly models.OpenSession[]) => void;
}

function SessionList({ sessions, onChanged }: ListProps) {
  const others = sessions.filter((session) => !session.is_current);
  const ending = useAction(async (session: models.OpenSession) => {
    if (session.is_current) {
      await signOut();
      go({ screen: "start" });
      return;
    }
    await account.value.call(endSession(session.id));
    announce("The session is ended");
    focusHeading();
    onChanged(sessions.filter((each) => each.id !== session.id));
  });
  const endingOthers = useAction(async () => {
    const text = "Whoever uses them has to sign in again.";
    if (!(await confirmed(`End ${others.length} other sessions?`, text, "End them"))) return;
    await account.value.call(endOtherSessions());
    announce("All other sessions are ended");
    focusHeading();
    onChanged(sessions.filter((each) => each.is_current));
  });
  const error = ending.error.value ?? endingOthers.error.value;
  if (sessions.length === 0) return <p>No session is open; you are signed in with a key.</p>;
  return (
    <>
      {error !== undefined && <Trouble error={error} />}
      <ul class="account-cards">
        {sessions.map((session) => (
          <li class="account-card spread" key={session.id} aria-label={session.is_current ? "This session" : "Session"}>
            <div>
              Signed in <When at={session.created_at} />
              {session.is_current && <span class="state-chip own">this one</span>}
              <p class="hint">
                ends <When at={session.expires_at} />
              </p>
            </div>
            <Button kind="danger" onClick={() => void ending.run(session)}>
              {session.is_current ? "Sign out" : "End it"}
            </Button>
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <Button kind="danger" isBusy={endingOthers.isBusy.value} onClick={() => void endingOthers.run()}>
          End all other sessions
        </Button>
      )}
    </>
  );
}
