/** Mail for postmaster and abuse of the public domains. */

import type { models } from "@mayfly-mail/client";
import {
  deleteOperatorMail,
  getOperatorMail,
  getRawOperatorMail,
  listOperatorMail,
} from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog, confirmed } from "../parts/dialog.tsx";
import { saveAs } from "../parts/downloads.ts";
import { useLoaded } from "../parts/loaded.ts";
import { Empty, Failed, Loading } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";
import { announce } from "../shell/announcer.tsx";

type Entry = models.OperatorMailEntry;

export function OperatorMail() {
  const client = operator.value;
  const mails = usePages<Entry>(
    async (cursor, signal) => await client.send(listOperatorMail({ cursor }), { signal }),
    [client],
  );
  const opened = useSignal<Entry | undefined>(undefined);
  const isEmpty = mails.items.value.length === 0 && !mails.isLoading.value && mails.error.value === undefined;
  return (
    <>
      <p>What strangers wrote to postmaster and abuse of your public domains. The oldest goes by itself.</p>
      {mails.error.value !== undefined && <Failed error={mails.error.value} onRetry={mails.reload} />}
      {isEmpty && <Empty title="Nobody wrote">Mail for postmaster@ and abuse@ your domains comes here.</Empty>}
      {mails.items.value.length > 0 && (
        <Table label="Mail for the postmaster" heads={["From", "Subject", "Received", ""]}>
          {mails.items.value.map((mail) => (
            <tr key={mail.id}>
              <td>
                <bdi>{mail.from_address}</bdi>
              </td>
              <th scope="row">
                <bdi>{mail.subject || "(no subject)"}</bdi>
              </th>
              <td>
                <When at={mail.received_at} />
              </td>
              <td>
                <Button
                  onClick={() => (opened.value = mail)}
                  aria-label={`Read ${mail.subject || "mail without subject"}`}
                >
                  Read
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {mails.isLoading.value && <Loading what="mail" />}
      {mails.hasMore.value && <Button onClick={() => void mails.more()}>More mail</Button>}
      {opened.value && (
        <MailDialog
          mail={opened.value}
          onClose={() => (opened.value = undefined)}
          onGone={(gone) => mails.set(mails.items.value.filter((each) => each.id !== gone.id))}
        />
      )}
    </>
  );
}

interface Props {
  mail: Entry;
  onClose: () => void;
  onGone: (mail: Entry) => void;
}

function MailDialog({ mail, onClose, onGone }: Props) {
  const whole = useLoaded(async (signal) => await operator.value.call(getOperatorMail(mail.id), { signal }), [mail.id]);
  const remove = useAction(async () => {
    if (!(await confirmed("Delete this mail?", "It is gone for good.", "Delete"))) return;
    await operator.value.call(deleteOperatorMail(mail.id));
    announce("Deleted");
    onGone(mail);
    onClose();
  });
  const download = useAction(async () => {
    saveAs(`${mail.id}.eml`, await operator.value.call(getRawOperatorMail(mail.id)), "message/rfc822");
  });
  const message = whole.data.value;
  const error = whole.error.value ?? remove.error.value ?? download.error.value;
  return (
    <Dialog title={mail.subject || "(no subject)"} onClose={onClose} isWide>
      {error !== undefined && <Failed error={error} />}
      {message === undefined && whole.isLoading.value && <Loading what="the mail" />}
      {message && (
        <>
          <p>
            <bdi>{message.from_address}</bdi> to <bdi>{message.recipients.join(", ")}</bdi>,{" "}
            <When at={message.received_at} />
          </p>
          <pre class="mail-text" tabIndex={0}>
            {message.body_text || message.text_preview || "(no text)"}
          </pre>
        </>
      )}
      <footer>
        <Button kind="danger" icon="trash" onClick={() => void remove.run()}>
          Delete
        </Button>
        <Button icon="download" isBusy={download.isBusy.value} onClick={() => void download.run()}>
          Download .eml
        </Button>
      </footer>
    </Dialog>
  );
}
