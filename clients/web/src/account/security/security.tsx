/** The account itself: who it is, its e-mail address and password, and its sessions. */

import type { models } from "@mayfly-mail/client";
import { getAccount } from "@mayfly-mail/client/operations";
import { account, discovery } from "../../access/server.ts";
import { CopyButton } from "../../parts/copy.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { When } from "../../parts/time.tsx";
import { Reading } from "../reading.tsx";
import { ChangeEmail, ChangePassword } from "./change_account.tsx";
import { Sessions } from "./sessions.tsx";

export function Security() {
  const own = useLoaded((signal) => account.value.call(getAccount(), { signal }), [account.value]);
  const hasPasswords = discovery.value?.sign_up ?? true;
  return (
    <Reading of={own} what="your account">
      {(data) => (
        <>
          <Facts of={data} />
          {hasPasswords ? (
            <>
              <div class="columns">
                <ChangeEmail of={data} onChanged={own.set} />
                <ChangePassword of={data} />
              </div>
              <Sessions />
            </>
          ) : (
            <p>Passwords and sessions are switched off on this installation: accounts are used with keys only.</p>
          )}
        </>
      )}
    </Reading>
  );
}

function Facts({ of: own }: { of: models.AccountData }) {
  return (
    <dl class="facts">
      <dt>E-mail address</dt>
      <dd>
        <bdi>{own.email}</bdi>
      </dd>
      <dt>Id</dt>
      <dd>
        <code>{own.id}</code>{" "}
        <CopyButton text={own.id} label="Copy the id of the account" kind="quiet">
          Copy
        </CopyButton>
      </dd>
      <dt>Plan</dt>
      <dd>{own.plan}; the operator changes it, by the id of the account</dd>
      {own.team_id !== null && own.team_id !== own.id && (
        <>
          <dt>Team</dt>
          <dd>
            shares the plan of <code>{own.team_id}</code>
          </dd>
        </>
      )}
      <dt>Created</dt>
      <dd>
        <When at={own.created_at} />
      </dd>
    </dl>
  );
}
