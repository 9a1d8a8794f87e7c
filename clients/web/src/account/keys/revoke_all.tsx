/** Revoking every key of the account at once, for when one does not know which of them leaked. */

import type { models } from "@mayfly-mail/client";
import { getAccount, listKeys } from "@mayfly-mail/client/operations";
import { forgetKey } from "../../access/credentials.ts";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { announce } from "../../shell/announcer.tsx";
import { go } from "../../shell/router.ts";
import { focusHeading } from "../../shell/screen.tsx";
import { revokeAllKeys } from "../calls.ts";
import { Trouble } from "../reading.tsx";

interface Props {
  count: number;
  /** Whether the page itself uses one of them. */
  usesKey: boolean;
  onRevoked: (keys: models.ApiKeyData[]) => void;
}

export function RevokeAll({ count, usesKey, onRevoked }: Props) {
  const revoking = useAction(async () => {
    const text = `Everything that uses a key of this account stops working at once${usesKey ? ", and you will be signed out" : ""}.`;
    if (!(await confirmed(`Revoke all ${count} keys?`, text, `Revoke ${count} keys`))) return;
    const { id } = await account.value.call(getAccount());
    await account.value.call(revokeAllKeys(id));
    announce("All keys are revoked");
    focusHeading();
    if (usesKey) {
      forgetKey();
      go({ screen: "start" });
    } else onRevoked(await account.value.call(listKeys()));
  });
  return (
    <div>
      {revoking.error.value !== undefined && <Trouble error={revoking.error.value} />}
      <Button kind="danger" isBusy={revoking.isBusy.value} onClick={() => void revoking.run()}>
        Revoke all keys
      </Button>
    </div>
  );
}
