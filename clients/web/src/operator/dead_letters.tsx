/** Events that could not be processed: read why, process them again, or give them up. */

import type { models } from "@mayfly-mail/client";
import { discardDeadLetter, getDeadLetter, listDeadLetters, replayDeadLetter } from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog, confirmed } from "../parts/dialog.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Empty, Failed, Loading } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { sizeOf } from "../parts/sizes.ts";
import { Table } from "../parts/table.tsx";
import { When } from "../parts/time.tsx";
import { announce } from "../shell/announcer.tsx";

type Letter = models.LetterData;

export function DeadLetters() {
  const client = operator.value;
  const letters = usePages<Letter>(
    async (cursor, signal) => {
      const page = await client.send(listDeadLetters({ cursor }), { signal });
      return { ...page, data: page.data.dead_letters };
    },
    [client],
  );
  const opened = useSignal<Letter | undefined>(undefined);
  const isEmpty = letters.items.value.length === 0 && !letters.isLoading.value && letters.error.value === undefined;
  return (
    <>
      <p>
        Mail and events that failed on every attempt. Nothing of them is lost until it is discarded here: mend the
        cause, then replay them.
      </p>
      {letters.error.value !== undefined && <Failed error={letters.error.value} onRetry={letters.reload} />}
      {isEmpty && <Empty title="No dead letters">Everything that was accepted has been processed.</Empty>}
      {letters.items.value.length > 0 && (
        <Table label="Dead letters" heads={["Number", "Event", "Reason", "Since", "Size", ""]}>
          {letters.items.value.map((letter) => (
            <tr key={letter.id}>
              <th scope="row">{letter.id}</th>
              <td>{letter.event_type}</td>
              <td class="reason">{letter.reason}</td>
              <td>{letter.buried_at && <When at={letter.buried_at} />}</td>
              <td class="number">{sizeOf(letter.size)}</td>
              <td>
                <Button onClick={() => (opened.value = letter)} aria-label={`Read dead letter ${letter.id}`}>
                  Read
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {letters.isLoading.value && <Loading what="dead letters" />}
      {letters.hasMore.value && <Button onClick={() => void letters.more()}>More dead letters</Button>}
      {opened.value && (
        <LetterDialog
          letter={opened.value}
          onClose={() => (opened.value = undefined)}
          onGone={(gone) => letters.set(letters.items.value.filter((each) => each.id !== gone.id))}
        />
      )}
    </>
  );
}

interface Props {
  letter: Letter;
  onClose: () => void;
  onGone: (letter: Letter) => void;
}

function LetterDialog({ letter, onClose, onGone }: Props) {
  const detail = useLoaded(
    async (signal) => await operator.value.call(getDeadLetter(letter.id), { signal }),
    [letter.id],
  );
  const end = useAction(async (how: "replay" | "discard") => {
    await operator.value.call(how === "replay" ? replayDeadLetter(letter.id) : discardDeadLetter(letter.id));
    announce(how === "replay" ? "It is processed again" : "Discarded");
    onGone(letter);
    onClose();
  });
  const discard = async (): Promise<void> => {
    const what = "Its event is lost for good. If it is a mail, nobody will ever read it.";
    if (await confirmed(`Discard dead letter ${letter.id}?`, what, "Discard")) await end.run("discard");
  };
  const mail = detail.data.value?.mail;
  return (
    <Dialog title={`Dead letter ${letter.id}`} onClose={onClose}>
      <dl class="facts">
        <dt>Reason</dt>
        <dd>{letter.reason}</dd>
        <dt>Event</dt>
        <dd>{letter.event_type}</dd>
        <dt>From</dt>
        <dd>
          stream {letter.stream}, consumer {letter.consumer}, {letter.deliveries} deliveries
        </dd>
        <dt>Size</dt>
        <dd>{sizeOf(letter.size)}</dd>
        {mail && (
          <>
            <dt>Mail of</dt>
            <dd>
              <bdi>{mail.reverse_path || "<>"}</bdi>, received <When at={mail.received_at} />
            </dd>
            <dt>Mail for</dt>
            <dd>{mail.forward_paths.join(", ")}</dd>
          </>
        )}
      </dl>
      {detail.error.value !== undefined && <Failed error={detail.error.value} onRetry={() => void detail.reload()} />}
      {end.error.value !== undefined && <Failed error={end.error.value} />}
      <footer>
        <Button kind="danger" icon="trash" onClick={() => void discard()}>
          Discard
        </Button>
        <Button kind="primary" icon="refresh" isBusy={end.isBusy.value} onClick={() => void end.run("replay")}>
          Replay
        </Button>
      </footer>
    </Dialog>
  );
}
