/** Calls of all accounts: of 30 days, and who makes them. */

import type { models } from "@mayfly-mail/client";
import { getAnalytics } from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { BarChart } from "../parts/bar_chart.tsx";
import { Button } from "../parts/button.tsx";
import { barsOf } from "../parts/days.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { countOf, sizeOf } from "../parts/sizes.ts";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";

export function Usage() {
  const client = operator.value;
  const days = useSignal<models.AnalyticsData["days"]>([]);
  const accounts = usePages<models.AccountUsage>(
    async (cursor, signal) => {
      const page = await client.send(getAnalytics({ cursor }), { signal });
      days.value = page.data.days;
      return { ...page, data: page.data.accounts };
    },
    [client],
  );
  return (
    <>
      {accounts.error.value !== undefined && <Failed error={accounts.error.value} onRetry={accounts.reload} />}
      {days.value.length > 0 && (
        <BarChart
          caption="Calls of all accounts, by day"
          bars={barsOf(days.value, Date.now())}
          names={["Day", "Calls", "Refused"]}
        />
      )}
      <h2>Accounts</h2>
      <AccountTable accounts={accounts.items.value} />
      {accounts.isLoading.value && <Loading what="usage" />}
      {accounts.hasMore.value && <Button onClick={() => void accounts.more()}>More accounts</Button>}
    </>
  );
}

function AccountTable({ accounts }: { accounts: readonly models.AccountUsage[] }) {
  return (
    <Table
      label="Usage of accounts"
      heads={[
        "Account",
        "Plan",
        "Calls today",
        "Refused today",
        "Calls of 30 days",
        "Inboxes",
        "Messages",
        "Size",
        "Last call",
      ]}
    >
      {accounts.map((account) => (
        <tr key={account.account_id}>
          <th scope="row">
            <bdi>{account.email}</bdi>
            {account.is_suspended && " (suspended)"}
          </th>
          <td>{account.plan}</td>
          <td class="number">{countOf(account.calls_today)}</td>
          <td class="number">{countOf(account.rejected_today)}</td>
          <td class="number">{countOf(account.calls_30_days)}</td>
          <td class="number">{countOf(account.inboxes)}</td>
          <td class="number">{countOf(account.messages)}</td>
          <td class="number">{sizeOf(account.octets)}</td>
          <td>{account.last_call_at === null ? "none in 31 days" : <When at={account.last_call_at} />}</td>
        </tr>
      ))}
    </Table>
  );
}
