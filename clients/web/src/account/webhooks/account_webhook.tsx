/** The account webhook of Ephemask: one URL that hears of the mail of all inboxes. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { beyond, problemOf } from "../../parts/problems.ts";
import { SecretOnce } from "../../parts/secret_once.tsx";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { deleteAccountWebhook, setAccountWebhook } from "../calls.ts";
import { Trouble } from "../reading.tsx";
import { signatureOf } from "./formats.ts";

interface Props {
  /** The one that is set; undefined without one. */
  of: models.WebhookData | undefined;
  onChanged: () => Promise<void>;
}

export function AccountWebhook({ of: current, onChanged }: Props) {
  const [url, setUrl] = useState(current?.url ?? "");
  const [secret, setSecret] = useState("");
  const setting = useAction(async () => {
    const made = await account.value.call(setAccountWebhook(url.trim()));
    setSecret(made.secret);
    await onChanged();
  });
  const deleting = useAction(async () => {
    const text = "Nothing is sent to its URL any more. Other webhooks stay.";
    if (!(await confirmed("Delete the account webhook?", text, "Delete it"))) return;
    await account.value.call(deleteAccountWebhook());
    setUrl("");
    setSecret("");
    await onChanged();
    announce("Deleted");
    focusHeading();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void setting.run();
  };
  const error = beyond(setting.error.value, ["url"]) ?? deleting.error.value;
  return (
    <section class="panel" aria-labelledby="account-webhook">
      <h2 id="account-webhook">Account webhook, as Ephemask has it</h2>
      <p>
        One URL for the mail of all inboxes, one attempt for each, five seconds long. It is also set by{" "}
        <code>PUT /user/webhook</code>.
      </p>
      {secret && (
        <SecretOnce
          title="The secret of the account webhook"
          what="secret"
          secret={secret}
          filename="mayfly-account-webhook-secret.txt"
          onDone={() => setSecret("")}
        >
          <p>Requests are signed with it: {signatureOf("ephemask")}.</p>
        </SecretOnce>
      )}
      <form onSubmit={submit}>
        <TextField
          label="URL of the account webhook"
          type="url"
          required
          maxLength={2048}
          value={url}
          onInput={setUrl}
          problem={problemOf(setting.error.value, "url")}
          hint={current ? "Setting it again makes a new secret." : undefined}
        />
        {error !== undefined && <Trouble error={error} />}
        <div class="actions">
          <Button type="submit" isBusy={setting.isBusy.value}>
            {current ? "Replace it" : "Set it"}
          </Button>
          {current && (
            <Button kind="danger" isBusy={deleting.isBusy.value} onClick={() => void deleting.run()}>
              Delete it
            </Button>
          )}
        </div>
      </form>
    </section>
  );
}
