/** The form that makes an inbox of the account. */

import type { Mayfly } from "@mayfly-mail/client";
import { createInbox, listDomains } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { beyond, problemOf } from "../parts/problems.ts";
import { SelectField, TextField } from "../parts/field.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed } from "../parts/notice.tsx";
import { go } from "../shell/router.ts";
import { LIFETIMES, secondsOf } from "./lifetimes.ts";

const FIELDS = ["label", "local_part", "domain", "ttl_seconds", "webhook_url"] as const;

export function CreateInbox({ client, onClose }: { client: Mayfly; onClose: () => void }) {
  const [label, setLabel] = useState("");
  const [localPart, setLocalPart] = useState("");
  const [domain, setDomain] = useState("");
  const [lifetime, setLifetime] = useState("3600");
  const [webhook, setWebhook] = useState("");
  const domains = useLoaded((signal) => client.call(listDomains(), { signal }), [client]);
  const names = (domains.data.value?.domains ?? []).map(({ name }) => name);
  const create = useAction(async () => {
    const made = await client.call(
      createInbox({
        label: label.trim() || null,
        local_part: localPart.trim() || null,
        domain: domain || null,
        ttl_seconds: secondsOf(lifetime),
        webhook_url: webhook.trim() || null,
      }),
    );
    onClose();
    go({ screen: "inbox", inbox: made.id });
  });
  const error = create.error.value;
  const other = error === undefined ? undefined : beyond(error, FIELDS);
  return (
    <Dialog title="New inbox" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create.run();
        }}
      >
        <TextField
          label="Label"
          hint="For your own lists, such as “Checkout test”"
          value={label}
          onInput={setLabel}
          maxLength={200}
          problem={problemOf(error, "label")}
          autofocus
        />
        <TextField
          label="Name before the @"
          hint="Empty: a random one that nobody guesses"
          value={localPart}
          onInput={setLocalPart}
          maxLength={64}
          spellcheck={false}
          problem={problemOf(error, "local_part")}
        />
        <SelectField
          label="Domain"
          value={domain}
          onChange={setDomain}
          options={[
            ["", names[0] ? `${names[0]} (as the server chooses)` : "As the server chooses"],
            ...names.slice(1).map((name) => [name, name] as const),
          ]}
          problem={problemOf(error, "domain")}
        />
        <SelectField
          label="Ends after"
          value={lifetime}
          onChange={setLifetime}
          options={LIFETIMES}
          problem={problemOf(error, "ttl_seconds")}
        />
        <TextField
          label="Webhook URL"
          hint="Optional: is called for each mail"
          type="url"
          value={webhook}
          onInput={setWebhook}
          maxLength={2_048}
          problem={problemOf(error, "webhook_url")}
        />
        {other !== undefined && <Failed error={other} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={create.isBusy.value}>
            Create
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
