/** Archived inboxes: they hold nothing and keep their address, until they are reactivated. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { listInboxes, reactivateInbox } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Failed, Loading } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { When } from "../parts/time.tsx";
import { go } from "../shell/router.ts";

interface Props {
  client: Mayfly;
  onReactivated: () => void;
}

export function Archived(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="archived" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Archived inboxes</summary>
      {isOpen && <List {...props} />}
    </details>
  );
}

function List({ client, onReactivated }: Props) {
  const pages = usePages<models.InboxEntry>(
    (cursor, signal) => client.send(listInboxes({ cursor, status: "archived" }), { signal }),
    [client],
  );
  const reactivate = useAction(async (address: string) => {
    const made = await client.call(reactivateInbox(address));
    onReactivated();
    go({ screen: "inbox", inbox: made.id });
  });
  const { items, isLoading, error, hasMore } = pages;
  if (error.value !== undefined) return <Failed error={error.value} onRetry={() => void pages.reload()} />;
  if (isLoading.value && items.value.length === 0) return <Loading what="archived inboxes" />;
  return (
    <>
      {items.value.length === 0 && (
        <p class="hint">None. Inboxes of plans with an archive come here when they end; their mail does not.</p>
      )}
      <ul class="inboxes" aria-label="Archived inboxes">
        {items.value.map((inbox) => (
          <li key={inbox.id} class="inbox-row">
            <bdi class="inbox-name">{inbox.address}</bdi>
            <span class="inbox-facts">
              {inbox.label && <bdi>{inbox.label}</bdi>}
              {inbox.inbox_expires_at && (
                <span>
                  ended <When at={inbox.inbox_expires_at} />
                </span>
              )}
            </span>
            <Button
              icon="refresh"
              disabled={reactivate.isBusy.value}
              onClick={() => void reactivate.run(inbox.address)}
            >
              Reactivate
            </Button>
          </li>
        ))}
      </ul>
      {reactivate.error.value !== undefined && <Failed error={reactivate.error.value} />}
      {hasMore.value && (
        <Button isBusy={isLoading.value} onClick={() => void pages.more()}>
          Show more
        </Button>
      )}
    </>
  );
}
