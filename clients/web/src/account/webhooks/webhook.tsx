/** One webhook: what it is, what can be done with it, and its log. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { Link } from "../../parts/link.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { When } from "../../parts/time.tsx";
import { Reading } from "../reading.tsx";
import { DeliveryLog } from "./delivery_log.tsx";
import { eventsIn, originOf, signatureOf } from "./formats.ts";
import { StateChip } from "./state_chip.tsx";
import { WebhookActions } from "./webhook_actions.tsx";

export function Webhook({ id }: { id: string }) {
  const webhook = useLoaded((signal) => account.value.webhooks.get(id, { signal }), [account.value, id]);
  // Counts up when something was sent, so that the log is read again.
  const [sent, setSent] = useState(0);
  return (
    <>
      <p>
        <Link to={{ screen: "account", section: "webhooks" }}>All webhooks</Link>
      </p>
      <Reading of={webhook} what="the webhook">
        {(data) => (
          <>
            <Facts of={data} />
            <WebhookActions of={data} set={webhook.set} onSent={() => setSent(sent + 1)} />
            <DeliveryLog webhook={data} sent={sent} />
          </>
        )}
      </Reading>
    </>
  );
}

function Facts({ of: webhook }: { of: models.WebhookData }) {
  const origin = originOf(webhook);
  return (
    <>
      <h2>
        <bdi>{webhook.url}</bdi> <StateChip of={webhook} />
      </h2>
      <dl class="facts">
        {webhook.disabled_reason && (
          <>
            <dt>Why it is off</dt>
            <dd>
              <bdi>{webhook.disabled_reason}</bdi>
              {webhook.disabled_at && (
                <>
                  , <When at={webhook.disabled_at} />
                </>
              )}
            </dd>
          </>
        )}
        {webhook.failing_since && (
          <>
            <dt>No attempt delivered since</dt>
            <dd>
              <When at={webhook.failing_since} />. After five days without a delivery it is switched off.
            </dd>
          </>
        )}
        {webhook.description && (
          <>
            <dt>Description</dt>
            <dd>
              <bdi>{webhook.description}</bdi>
            </dd>
          </>
        )}
        <dt>Hears of</dt>
        <dd>
          {eventsIn(webhook)}, {webhook.inbox_id ? "of one inbox" : "of all inboxes"}
          {webhook.inbox_id && (
            <>
              {" "}
              (<Link to={{ screen: "inbox", inbox: webhook.inbox_id }}>open it</Link>)
            </>
          )}
          {origin && `; ${origin}`}
        </dd>
        <dt>Format</dt>
        <dd>
          {webhook.format}; signed: {signatureOf(webhook.format)}
        </dd>
        {webhook.previous_secret_until && (
          <>
            <dt>Previous secret</dt>
            <dd>
              signs too, until <When at={webhook.previous_secret_until} />
            </dd>
          </>
        )}
        <dt>Created</dt>
        <dd>
          <When at={webhook.created_at} />
        </dd>
      </dl>
    </>
  );
}
