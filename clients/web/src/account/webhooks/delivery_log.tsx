/** The log of a webhook: its deliveries of seven days, with their attempts, newest first. */

import type { models } from "@mayfly-mail/client";
import { listDeliveries } from "@mayfly-mail/client/operations";
import { useEffect, useRef, useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Empty, Loading } from "../../parts/notice.tsx";
import { usePages } from "../../parts/pages.ts";
import { Trouble } from "../reading.tsx";
import { Delivery } from "./delivery.tsx";

type Status = "" | "pending" | "delivered" | "failed";

const STATES: readonly (readonly [Status, string])[] = [
  ["", "All"],
  ["failed", "Failed"],
  ["pending", "Still being tried"],
  ["delivered", "Delivered"],
];

/** `sent` is another number whenever something was sent. */
export function DeliveryLog({ webhook, sent }: { webhook: models.WebhookData; sent: number }) {
  const [status, setStatus] = useState<Status>("");
  const pages = usePages(
    (cursor, signal) =>
      account.value.send(listDeliveries(webhook.id, { status: status || undefined, cursor, limit: 25 }), { signal }),
    [account.value, webhook.id, status],
  );
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) void pages.reload();
    isFirst.current = false;
  }, [sent]);
  const isEmpty = pages.items.value.length === 0 && !pages.isLoading.value && pages.error.value === undefined;
  return (
    <section aria-labelledby="log">
      <div class="section-head">
        <h2 id="log">Deliveries of the last 7 days</h2>
        <div class="actions">
          <Button icon="refresh" isBusy={pages.isLoading.value} onClick={() => void pages.reload()}>
            Read again
          </Button>
        </div>
      </div>
      <SelectField label="Show" value={status} onChange={(next) => setStatus(next as Status)} options={STATES} />
      {pages.error.value !== undefined && <Trouble error={pages.error.value} onRetry={() => void pages.reload()} />}
      {isEmpty && <Empty title="No deliveries">Send a test, or have a mail come in.</Empty>}
      <ul class="account-cards log">
        {pages.items.value.map((delivery) => (
          <Delivery key={delivery.id} of={delivery} isOn={webhook.enabled} />
        ))}
      </ul>
      {pages.isLoading.value && pages.items.value.length === 0 && <Loading what="the log" />}
      {pages.hasMore.value && (
        <Button isBusy={pages.isLoading.value} onClick={() => void pages.more()}>
          Show older ones
        </Button>
      )}
    </section>
  );
}
