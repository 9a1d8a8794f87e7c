/** The dialog that makes a webhook. */

import { NotFound } from "@mayfly-mail/client";
import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { beyond, problemOf } from "../../parts/problems.ts";
import { Trouble } from "../reading.tsx";
import { FORMATS, eventsOf } from "./formats.ts";
import type { Format } from "./formats.ts";
import { FIELDS, WebhookFields } from "./webhook_fields.tsx";
import type { WebhookWish } from "./webhook_fields.tsx";

interface Props {
  onMade: (webhook: models.WebhookData) => void;
  onClose: () => void;
}

export function NewWebhook({ onMade, onClose }: Props) {
  const [wish, setWish] = useState<WebhookWish>({ url: "", description: "", events: [] });
  const [format, setFormat] = useState<Format>("standard");
  const [inbox, setInbox] = useState("");
  const making = useAction(async () => {
    const { url, ...rest } = wish;
    const settings = { ...rest, format, inbox: inbox.trim() || undefined };
    onMade(await account.value.webhooks.create(url.trim(), settings));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void making.run();
  };
  const change = (next: Format): void => {
    setFormat(next);
    const known = eventsOf(next).map(([event]) => event);
    setWish({ ...wish, events: wish.events.filter((event) => known.includes(event)) });
  };
  const isUnknown = making.error.value instanceof NotFound;
  const error = isUnknown ? undefined : beyond(making.error.value, [...FIELDS, "inbox", "format"]);
  return (
    <Dialog title="Create a webhook" onClose={onClose} isWide>
      <form onSubmit={submit}>
        <WebhookFields wish={wish} format={format} onChange={setWish} error={making.error.value} />
        <SelectField
          label="Format"
          value={format}
          onChange={(next) => change(next as Format)}
          options={FORMATS}
          problem={problemOf(making.error.value, "format")}
        />
        <TextField
          label="Only for this inbox"
          maxLength={320}
          spellcheck={false}
          value={inbox}
          onInput={setInbox}
          hint="Its address or id. Empty: for all inboxes of the account, also those made later."
          problem={isUnknown ? "No inbox of yours has this address or id." : problemOf(making.error.value, "inbox")}
        />
        {error !== undefined && <Trouble error={error} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={making.isBusy.value}>
            Create the webhook
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
