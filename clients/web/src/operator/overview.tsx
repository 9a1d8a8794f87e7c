/** How this Mayfly is: maintenance, what waits in the broker, and where more is to be seen. */

import type { models } from "@mayfly-mail/client";
import { getOverview, listConsumers, setMaintenance } from "@mayfly-mail/client/operations";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { confirmed } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Loading, Note } from "../parts/notice.tsx";
import { countOf, several, sizeOf } from "../parts/sizes.ts";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";

export function Overview() {
  const client = operator.value;
  const overview = useLoaded(async (signal) => await client.call(getOverview(), { signal }), [client]);
  const broker = useLoaded(async (signal) => await client.call(listConsumers(), { signal }), [client]);
  const facts = overview.data.value;
  return (
    <>
      {overview.error.value !== undefined && (
        <Failed error={overview.error.value} onRetry={() => void overview.reload()} />
      )}
      {facts && <Facts facts={facts} onChanged={() => void overview.reload()} />}
      {facts === undefined && overview.isLoading.value && <Loading what="the overview" />}
      <div class="screen-head">
        <h2>Broker</h2>
        <Button icon="refresh" isBusy={broker.isLoading.value} onClick={() => void broker.reload()}>
          Look again
        </Button>
      </div>
      {broker.error.value !== undefined && <Failed error={broker.error.value} onRetry={() => void broker.reload()} />}
      {broker.data.value && <Broker broker={broker.data.value} />}
    </>
  );
}

function Facts({ facts, onChanged }: { facts: models.OverviewData; onChanged: () => void }) {
  const isOn = facts.is_in_maintenance;
  const set = useAction(async () => {
    const what = "Every call but the operator's is then refused with 503. SMTP goes on: mail is taken and kept.";
    if (!isOn && !(await confirmed("Start maintenance?", what, "Start maintenance"))) return;
    await operator.value.call(setMaintenance({ enabled: !isOn }));
    onChanged();
  });
  return (
    <>
      {isOn && <Note kind="warning">Maintenance is on: every call but the operator's is refused with 503.</Note>}
      <dl class="facts">
        <dt>Version</dt>
        <dd>{facts.version}</dd>
        <dt>Maintenance</dt>
        <dd>
          {isOn ? "on" : "off"}{" "}
          <Button isBusy={set.isBusy.value} onClick={() => void set.run()}>
            {isOn ? "End maintenance" : "Start maintenance"}
          </Button>
        </dd>
        <dt>Holds</dt>
        <dd>
          {several(facts.accounts, "account")}, {several(facts.inboxes, "live inbox", "live inboxes")},{" "}
          {several(facts.messages, "message")}
        </dd>
        <dt>Calls today</dt>
        <dd>
          {countOf(facts.calls_today)}, and {countOf(facts.rejected_today)} refused
        </dd>
        <dt>Dead letters</dt>
        <dd>
          <Link to={{ screen: "operator", section: "dead-letters" }}>{several(facts.dead_letters, "dead letter")}</Link>
        </dd>
        <dt>Grafana</dt>
        <dd>
          {facts.grafana_url ? (
            <a href={facts.grafana_url} target="_blank" rel="noopener noreferrer">
              Open the dashboards <Icon name="external" size={16} />
            </a>
          ) : (
            <>
              No address is set (<code>MAYFLY_GRAFANA_URL</code>)
            </>
          )}
        </dd>
      </dl>
      {set.error.value !== undefined && <Failed error={set.error.value} />}
    </>
  );
}

function Broker({ broker }: { broker: models.Depths }) {
  return (
    <>
      <Table label="Consumers" heads={["Consumer", "Stream", "Waiting", "Being processed", "Redelivered"]}>
        {broker.consumers.map((consumer) => (
          <tr key={`${consumer.stream}/${consumer.name}`}>
            <th scope="row">{consumer.name}</th>
            <td>{consumer.stream}</td>
            <td class="number">{countOf(consumer.pending)}</td>
            <td class="number">{countOf(consumer.ack_pending)}</td>
            <td class="number">{countOf(consumer.redelivered)}</td>
          </tr>
        ))}
      </Table>
      <Table label="Streams" heads={["Stream", "Messages", "Size", "Oldest", "Newest"]}>
        {broker.streams.map((stream) => (
          <tr key={stream.name}>
            <th scope="row">{stream.name}</th>
            <td class="number">{countOf(stream.messages)}</td>
            <td class="number">{sizeOf(stream.bytes)}</td>
            <td>{stream.first_at && <When at={stream.first_at} />}</td>
            <td>{stream.last_at && <When at={stream.last_at} />}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
