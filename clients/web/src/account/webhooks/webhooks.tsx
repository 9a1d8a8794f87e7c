/** The webhooks of the account; one of them when the URL names it. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { Button } from "../../parts/button.tsx";
import { Link } from "../../parts/link.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { Empty } from "../../parts/notice.tsx";
import { SecretOnce } from "../../parts/secret_once.tsx";
import { When } from "../../parts/time.tsx";
import { Reading } from "../reading.tsx";
import { AccountWebhook } from "./account_webhook.tsx";
import { eventsIn, originOf, signatureOf } from "./formats.ts";
import { NewWebhook } from "./new_webhook.tsx";
import { StateChip } from "./state_chip.tsx";
import { Webhook } from "./webhook.tsx";

export function Webhooks({ item }: { item?: string | undefined }) {
  return item === undefined ? <WebhookList /> : <Webhook id={item} key={item} />;
}

function WebhookList() {
  const webhooks = useLoaded((signal) => account.value.webhooks.list({ signal }), [account.value]);
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<models.WebhookData | undefined>();
  return (
    <>
      <div class="section-head">
        <p>Mayfly calls your programs when mail comes: a signed JSON body to a URL of yours.</p>
        <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
          Create a webhook
        </Button>
      </div>
      {made?.secret !== undefined && (
        <SecretOnce
          title="The secret of the new webhook"
          what="secret"
          secret={made.secret}
          filename="mayfly-webhook-secret.txt"
          onDone={() => setMade(undefined)}
        >
          <p>Requests are signed with it: {signatureOf(made.format)}.</p>
        </SecretOnce>
      )}
      <Reading of={webhooks} what="your webhooks">
        {(list) => (
          <>
            <List webhooks={list} />
            <AccountWebhook of={list.find((each) => each.origin === "account")} onChanged={webhooks.reload} />
          </>
        )}
      </Reading>
      {isMaking && (
        <NewWebhook
          onClose={() => setMaking(false)}
          onMade={(webhook) => {
            setMaking(false);
            setMade(webhook);
            webhooks.set([webhook, ...(webhooks.data.value ?? [])]);
          }}
        />
      )}
    </>
  );
}

function List({ webhooks }: { webhooks: readonly models.WebhookData[] }) {
  if (webhooks.length === 0) {
    return (
      <Empty title="No webhooks">
        <p>Create one, or give an inbox a webhook URL of its own.</p>
      </Empty>
    );
  }
  return (
    <ul class="account-cards">
      {webhooks.map((webhook) => (
        <li class="account-card" key={webhook.id} aria-label={webhook.url}>
          <h2>
            <Link to={{ screen: "account", section: "webhooks", item: webhook.id }}>
              <bdi>{webhook.url}</bdi>
            </Link>{" "}
            <StateChip of={webhook} />
          </h2>
          <p>
            <bdi>{webhook.description}</bdi>
          </p>
          <p class="hint">
            {[webhook.format, eventsIn(webhook), webhook.inbox_id ? "one inbox" : "all inboxes", originOf(webhook)]
              .filter(Boolean)
              .join(" · ")}{" "}
            · created <When at={webhook.created_at} />
          </p>
          {webhook.disabled_reason && (
            <p>
              Off: <bdi>{webhook.disabled_reason}</bdi>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
