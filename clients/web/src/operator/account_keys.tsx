/** The API keys of an account: another one for who lost theirs, and revoking. */

import type { models } from "@mayfly-mail/client";
import { createAccountKey, listAccountKeys, revokeAccountKey } from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog, confirmed } from "../parts/dialog.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { Secret } from "../parts/secret_once.tsx";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";

type Key = models.ApiKeyData;

export function AccountKeys({ account, onClose }: { account: models.AdminAccountData; onClose: () => void }) {
  const keys = useLoaded(
    async (signal) => await operator.value.call(listAccountKeys(account.id), { signal }),
    [account.id],
  );
  const made = useSignal("");
  const make = useAction(async () => {
    made.value = (await operator.value.call(createAccountKey(account.id))).api_key;
    await keys.reload();
  });
  const revoke = useAction(async (key: Key) => {
    const what = "What uses it is refused at once, and its open streams end.";
    if (!(await confirmed(`Revoke ${key.key_prefix}?`, what, "Revoke"))) return;
    await operator.value.call(revokeAccountKey(account.id, key.id));
    await keys.reload();
  });
  const error = keys.error.value ?? make.error.value ?? revoke.error.value;
  return (
    <Dialog title={`Keys of ${account.email}`} onClose={onClose} isWide>
      {error !== undefined && <Failed error={error} />}
      {made.value && (
        <>
          <p>The new key, which is shown only now:</p>
          <Secret what="key" secret={made.value} filename="mayfly-api-key.txt" />
        </>
      )}
      {keys.data.value === undefined && keys.isLoading.value && <Loading what="keys" />}
      <KeyTable keys={keys.data.value ?? []} onRevoke={(key) => void revoke.run(key)} />
      <footer>
        <Button icon="plus" isBusy={make.isBusy.value} onClick={() => void make.run()}>
          Another key
        </Button>
        <Button onClick={onClose}>Done</Button>
      </footer>
    </Dialog>
  );
}

function KeyTable({ keys, onRevoke }: { keys: readonly Key[]; onRevoke: (key: Key) => void }) {
  return (
    <Table label="Keys" heads={["Key", "Label", "Last used", ""]}>
      {keys.map((key) => (
        <tr key={key.id}>
          <th scope="row">
            <code>{key.key_prefix}</code>
          </th>
          <td>{key.label}</td>
          <td>{key.last_used_at ? <When at={key.last_used_at} /> : "never"}</td>
          <td>
            {key.is_active ? (
              <Button kind="danger" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.key_prefix}`}>
                Revoke
              </Button>
            ) : (
              "revoked"
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
