/** The dialog that sends the deliveries of a span of time again. */

import type { models } from "@mayfly-mail/client";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { CheckField, TextField } from "../../parts/field.tsx";
import { beyond, problemOf } from "../../parts/problems.ts";
import { announce } from "../../shell/announcer.tsx";
import { Trouble } from "../reading.tsx";
import { lastDay } from "./spans.ts";

interface Props {
  of: models.WebhookData;
  onClose: () => void;
  onSent: () => void;
}

export function Replay({ of: webhook, onClose, onSent }: Props) {
  const [span, setSpan] = useState(() => lastDay(Date.now()));
  const [deliveredToo, setDeliveredToo] = useState(false);
  const asking = useAction(async () => {
    const until = span.until === "" ? undefined : new Date(span.until);
    await account.value.webhooks.replay(webhook, { since: new Date(span.since), until, deliveredToo });
    announce("They are being sent again: see the log");
    onClose();
    onSent();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void asking.run();
  };
  const error = beyond(asking.error.value, ["since", "until"]);
  return (
    <Dialog title="Send deliveries again" onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          What failed in this time is sent again, with the same ids and bodies, 10,000 at most. Seven days are kept.
          Events that came while the webhook was off were not recorded.
        </p>
        <TextField
          label="From"
          type="datetime-local"
          required
          value={span.since}
          onInput={(since) => setSpan({ ...span, since })}
          problem={problemOf(asking.error.value, "since")}
        />
        <TextField
          label="Until"
          type="datetime-local"
          value={span.until}
          onInput={(until) => setSpan({ ...span, until })}
          problem={problemOf(asking.error.value, "until")}
          hint="Empty: until now."
        />
        <CheckField label="Also what was delivered" isOn={deliveredToo} onChange={setDeliveredToo} />
        {error !== undefined && <Trouble error={error} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={asking.isBusy.value}>
            Send them again
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
