/** The dialog that changes a webhook. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { beyond } from "../../parts/problems.ts";
import { Trouble } from "../reading.tsx";
import type { Event as WebhookEvent } from "./formats.ts";
import { FIELDS, WebhookFields } from "./webhook_fields.tsx";
import type { WebhookWish } from "./webhook_fields.tsx";

interface Props {
  of: models.WebhookData;
  onChanged: (webhook: models.WebhookData) => void;
  onClose: () => void;
}

export function ChangeWebhook({ of: webhook, onChanged, onClose }: Props) {
  const [wish, setWish] = useState<WebhookWish>({
    url: webhook.url,
    description: webhook.description,
    events: webhook.events as WebhookEvent[],
  });
  const saving = useAction(async () => {
    // An unchanged URL is not sent: who sets it answers for it from then on.
    const url = wish.url.trim() === webhook.url ? undefined : wish.url.trim();
    onChanged(await account.value.webhooks.change(webhook.id, { ...wish, url }));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void saving.run();
  };
  const error = beyond(saving.error.value, FIELDS);
  return (
    <Dialog title="Change the webhook" onClose={onClose} isWide>
      <form onSubmit={submit}>
        <WebhookFields wish={wish} format={webhook.format} onChange={setWish} error={saving.error.value} />
        {error !== undefined && <Trouble error={error} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={saving.isBusy.value}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
