/** What can be done with a webhook: test, change, new secret, off and on, delete. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { SecretOnce } from "../../parts/secret_once.tsx";
import { announce } from "../../shell/announcer.tsx";
import { go } from "../../shell/router.ts";
import { focusHeading } from "../../shell/screen.tsx";
import { Trouble } from "../reading.tsx";
import { ChangeWebhook } from "./change_webhook.tsx";
import { Replay } from "./replay.tsx";
import { TestResult } from "./test_result.tsx";

interface Props {
  of: models.WebhookData;
  set: (webhook: models.WebhookData) => void;
  /** Called when something was sent. */
  onSent: () => void;
}

const ROTATION =
  "From now on requests are signed with a new secret, and for 24 hours with the present one too, so that there is time to change it in what receives them.";

export function WebhookActions({ of: webhook, set, onSent }: Props) {
  const [secret, setSecret] = useState("");
  const [test, setTest] = useState("");
  const [open, setOpen] = useState<"change" | "replay" | undefined>();
  const testing = useAction(async () => setTest((await account.value.webhooks.test(webhook)).delivery_id));
  const rotating = useAction(async () => {
    if (!(await confirmed("Make a new secret?", ROTATION, "Make a new secret"))) return;
    const rotated = await account.value.webhooks.rotateSecret(webhook);
    setSecret(rotated.secret ?? "");
    set(rotated);
  });
  const switching = useAction(async () => {
    set(await account.value.webhooks.change(webhook, { enabled: !webhook.enabled }));
    announce(webhook.enabled ? "Switched off" : "Switched on");
  });
  const deleting = useAction(async () => {
    const text = "Its deliveries stop, and its log goes with it. This cannot be undone.";
    if (!(await confirmed("Delete this webhook?", text, "Delete the webhook"))) return;
    await account.value.webhooks.delete(webhook);
    announce("Deleted");
    focusHeading();
    go({ screen: "account", section: "webhooks" }, { replaces: true });
  });
  const error = [testing, rotating, switching, deleting].map((each) => each.error.value).find((each) => each);
  return (
    <>
      {error !== undefined && <Trouble error={error} />}
      {secret && (
        <SecretOnce
          title="The new secret"
          what="secret"
          secret={secret}
          filename="mayfly-webhook-secret.txt"
          onDone={() => setSecret("")}
        >
          <p>
            For 24 hours both secrets sign: put this one into what receives the requests, in addition to the old one or
            in its place, before that time is over.
          </p>
        </SecretOnce>
      )}
      <div class="actions">
        <Button icon="bell" isBusy={testing.isBusy.value} onClick={() => void testing.run()}>
          Send a test
        </Button>
        <Button onClick={() => setOpen("change")}>Change</Button>
        <Button icon="key" isBusy={rotating.isBusy.value} onClick={() => void rotating.run()}>
          New secret
        </Button>
        <Button icon="refresh" onClick={() => setOpen("replay")} disabled={!webhook.enabled}>
          Send a span of time again
        </Button>
        <Button isBusy={switching.isBusy.value} onClick={() => void switching.run()}>
          {webhook.enabled ? "Switch off" : "Switch on"}
        </Button>
        <Button kind="danger" icon="trash" isBusy={deleting.isBusy.value} onClick={() => void deleting.run()}>
          Delete
        </Button>
      </div>
      {test && <TestResult id={test} key={test} onEnd={onSent} />}
      {open === "replay" && <Replay of={webhook} onClose={() => setOpen(undefined)} onSent={onSent} />}
      {open === "change" && (
        <ChangeWebhook
          of={webhook}
          onClose={() => setOpen(undefined)}
          onChanged={(changed) => {
            setOpen(undefined);
            set(changed);
            announce("Saved");
          }}
        />
      )}
    </>
  );
}
