/** All accounts: make one, change its plan, suspend it, and its keys. */

import type { models } from "@mayfly-mail/client";
import { changeAccountByOperator, createAccount, listAccounts } from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog, confirmed } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed, Loading, Note } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { Secret } from "../parts/secret_once.tsx";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";
import { announce } from "../shell/announcer.tsx";
import { AccountKeys } from "./account_keys.tsx";
import { PlanField } from "./plan_field.tsx";

type Account = models.AdminAccountData;

export function Accounts() {
  const client = operator.value;
  const accounts = usePages<Account>(
    async (cursor, signal) => {
      const page = await client.send(listAccounts({ cursor }), { signal });
      return { ...page, data: page.data.accounts };
    },
    [client],
  );
  const opened = useSignal<"new" | Account | undefined>(undefined);
  const keysOf = useSignal<Account | undefined>(undefined);
  const replace = (changed: Account): void =>
    accounts.set(accounts.items.value.map((each) => (each.id === changed.id ? changed : each)));
  return (
    <>
      <p class="actions">
        <Button kind="primary" icon="plus" onClick={() => (opened.value = "new")}>
          New account
        </Button>
      </p>
      {accounts.error.value !== undefined && <Failed error={accounts.error.value} onRetry={accounts.reload} />}
      <AccountTable
        accounts={accounts.items.value}
        onOpen={(account) => (opened.value = account)}
        onKeys={(account) => (keysOf.value = account)}
      />
      {accounts.isLoading.value && <Loading what="accounts" />}
      {accounts.hasMore.value && <Button onClick={() => void accounts.more()}>More accounts</Button>}
      {opened.value === "new" && (
        <NewAccount onClose={() => (opened.value = undefined)} onMade={() => void accounts.reload()} />
      )}
      {typeof opened.value === "object" && (
        <ChangeAccount account={opened.value} onClose={() => (opened.value = undefined)} onChanged={replace} />
      )}
      {keysOf.value && <AccountKeys account={keysOf.value} onClose={() => (keysOf.value = undefined)} />}
    </>
  );
}

interface TableProps {
  accounts: readonly Account[];
  onOpen: (account: Account) => void;
  onKeys: (account: Account) => void;
}

function AccountTable({ accounts, onOpen, onKeys }: TableProps) {
  if (accounts.length === 0) return null;
  return (
    <Table label="Accounts" heads={["E-mail", "Plan", "State", "Made", ""]}>
      {accounts.map((account) => (
        <tr key={account.id}>
          <th scope="row">
            <bdi>{account.email}</bdi>
          </th>
          <td>{account.plan}</td>
          <td>{account.suspended ? "suspended" : "active"}</td>
          <td>
            <When at={account.created_at} />
          </td>
          <td class="actions">
            <Button onClick={() => onOpen(account)} aria-label={`Change ${account.email}`}>
              Change
            </Button>
            <Button icon="key" onClick={() => onKeys(account)} aria-label={`Keys of ${account.email}`}>
              Keys
            </Button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function NewAccount({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const [email, plan] = [useSignal(""), useSignal("free")];
  const made = useSignal<models.NewAccount | undefined>(undefined);
  const make = useAction(async () => {
    made.value = await operator.value.call(createAccount({ email: email.value.trim(), plan: plan.value.trim() }));
    onMade();
  });
  if (made.value) return <MadeAccount account={made.value} onClose={onClose} />;
  return (
    <Dialog title="New account" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make.run();
        }}
      >
        <TextField
          label="E-mail"
          type="email"
          value={email.value}
          onInput={(text) => (email.value = text)}
          required
          autofocus
        />
        <PlanField value={plan.value} onInput={(text) => (plan.value = text)} />
        {make.error.value !== undefined && <Failed error={make.error.value} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={make.isBusy.value}>
            Make the account
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function MadeAccount({ account, onClose }: { account: models.NewAccount; onClose: () => void }) {
  return (
    <Dialog title="The account is made" onClose={onClose}>
      <p>
        <bdi>{account.email}</bdi>, plan {account.plan}. Its first API key, which is shown only now:
      </p>
      <Secret what="key" secret={account.api_key} filename="mayfly-api-key.txt" />
      <footer>
        <Button onClick={onClose}>Done</Button>
      </footer>
    </Dialog>
  );
}

interface ChangeProps {
  account: Account;
  onClose: () => void;
  onChanged: (account: Account) => void;
}

function ChangeAccount({ account, onClose, onChanged }: ChangeProps) {
  const plan = useSignal(account.plan);
  const change = useAction(async (changes: { plan?: string; suspended?: boolean }) => {
    onChanged(await operator.value.call(changeAccountByOperator(account.id, changes)));
    announce("Changed");
    onClose();
  });
  const suspend = async (): Promise<void> => {
    const what = "Its sessions end for good, and its keys and waits stop at once. Its mail stays.";
    const isSure = await confirmed(`Suspend ${account.email}?`, what, "Suspend");
    if (isSure) await change.run({ suspended: true });
  };
  return (
    <Dialog title={account.email} onClose={onClose}>
      <PlanField value={plan.value} onInput={(text) => (plan.value = text)} />
      {account.suspended && <Note kind="warning">Suspended: its keys and sessions are refused.</Note>}
      {change.error.value !== undefined && <Failed error={change.error.value} />}
      <footer>
        {account.suspended ? (
          <Button onClick={() => void change.run({ suspended: false })}>Reinstate</Button>
        ) : (
          <Button kind="danger" onClick={() => void suspend()}>
            Suspend
          </Button>
        )}
        <Button
          kind="primary"
          isBusy={change.isBusy.value}
          disabled={plan.value.trim() === account.plan}
          onClick={() => void change.run({ plan: plan.value.trim() })}
        >
          Change the plan
        </Button>
      </footer>
    </Dialog>
  );
}
