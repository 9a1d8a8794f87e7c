/** The mail of one inbox, or of the whole account: the list, and the message that is read beside it. */

import { computed } from "@preact/signals";
import { Suspense, lazy } from "preact/compat";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { accountKey, forgetInbox, tokenOf } from "../access/credentials.ts";
import { noteRefused } from "../access/refused.ts";
import { account, clientOf } from "../access/server.ts";
import { Notifier, heard, showBadge } from "../mail/alerts.ts";
import { MessageView } from "../message/message_view.tsx";
import { Button } from "../parts/button.tsx";
import { Link } from "../parts/link.tsx";
import { Empty } from "../parts/notice.tsx";
import { WhereToSend } from "../parts/first_mail.tsx";
import type { Place } from "../shell/places.ts";
import { go, query } from "../shell/router.ts";
import { Screen } from "../shell/screen.tsx";
import { Desk } from "./desk.ts";
import { InboxActions } from "./inbox_actions.tsx";
import { Ended } from "./ended.tsx";
import { ListPane } from "./list_pane.tsx";
import "./list.css";
import { useListKeys } from "./list_keys.ts";
import { keepKnown } from "./own_inbox.ts";

// Only who saves messages needs what packs them.
const ExportDialog = lazy(() => import("./export_dialog.tsx"));

interface Props {
  /** Id of the inbox or space; without it all mail of the account. */
  inbox?: string;
  /** Id of the message that is read. */
  message?: string | undefined;
}

export function MailScreen({ inbox, message }: Props) {
  const desk = useDesk(inbox);
  const reading = useReading(desk, inbox, message);
  const [exported, setExported] = useState<readonly string[] | undefined>(undefined);
  useListKeys(desk, message, reading);
  const entry = useMemo(
    () => computed(() => desk.mailbox.entries.value.find(({ id }) => id === message)),
    [desk, message],
  );
  const { state } = desk.mailbox;
  const isOver = state.value === "refused";
  const title = isOver ? "Signed out" : titleOf(desk);
  const unread = desk.mailbox.unread.value;
  const count = unread > 0 ? `(${unread}${desk.mailbox.hasMore.value ? "+" : ""}) ` : "";
  useEffect(() => showBadge(unread), [unread]);
  useEffect(() => {
    if (isOver && desk.client === account.peek()) noteRefused(accountKey.peek());
  }, [isOver]);
  return (
    <Screen
      title={title}
      tab={count + title}
      class={`full mail ${message !== undefined && !isOver ? "reading" : ""}`}
      actions={
        !isOver && (
          <>
            <WhereToSend inbox={desk.source.inbox.value} />
            <InboxActions desk={desk} onExport={() => setExported(desk.entries.map(({ id }) => id))} />
          </>
        )
      }
    >
      {isOver ? (
        <Refused inbox={inbox} />
      ) : (
        <>
          <Ended desk={desk} />
          <Heard />
          <div class="mail-panes">
            <ListPane
              desk={desk}
              open={message}
              placeOf={reading.placeOf}
              onOpen={reading.open}
              onSearch={reading.search}
              onExport={setExported}
            />
            <section class="message-pane" aria-label="Message" ref={reading.pane} tabIndex={-1}>
              {message === undefined ? (
                <p class="nothing-open">Choose a message to read it here.</p>
              ) : (
                <MessageView
                  id={message}
                  client={desk.client}
                  entry={entry}
                  isDeleted={desk.mailbox.gone.value.has(message)}
                  onGone={() => reading.gone(message)}
                  onClose={reading.close}
                />
              )}
            </section>
          </div>
        </>
      )}
      <Suspense fallback={null}>
        {exported && <ExportDialog desk={desk} ids={exported} onClose={() => setExported(undefined)} />}
      </Suspense>
    </Screen>
  );
}

/** New mail, for who hears the page. */
function Heard() {
  const { number, text } = heard.value;
  return (
    <p class="visually-hidden" role="status">
      <span key={number}>{text}</span>
    </p>
  );
}

/** In the place of the mail that is no longer shown: a way on. */
function Refused({ inbox }: { inbox: string | undefined }) {
  if (inbox !== undefined && tokenOf(inbox) !== undefined) return <TokenRefused inbox={inbox} />;
  return (
    <Empty title="Mail is shown to those who are signed in">
      <p class="actions centred">
        <Link to={{ screen: "sign-in" }} class="button primary">
          Sign in
        </Link>
        <Link to={{ screen: "start" }} class="button">
          All inboxes
        </Link>
      </p>
    </Empty>
  );
}

/** Shown at once when the inbox's token was revoked; of a key the shell says it. */
function TokenRefused({ inbox }: { inbox: string }) {
  const forget = (): void => {
    forgetInbox(inbox);
    go({ screen: "start" });
  };
  return (
    <div class="notice error refused" role="alert">
      <div>
        <p>
          <strong>The key of this inbox does not work any more.</strong>
        </p>
        <p>The inbox has ended, or its key was withdrawn. What it opened is no longer shown.</p>
        <Button onClick={forget}>Take it off my list</Button>
      </div>
    </div>
  );
}

/** What one works with, as long as the inbox and the credentials stay the same. */
function useDesk(inbox: string | undefined): Desk {
  const token = inbox === undefined ? undefined : tokenOf(inbox);
  const desk = useMemo(
    () => new Desk(inbox === undefined ? account.peek() : clientOf(inbox), inbox, query.peek()),
    [inbox, token, accountKey.value],
  );
  useEffect(() => desk.start(), [desk]);
  const q = query.value;
  useEffect(() => void desk.mailbox.search(q), [desk, q]);
  const known = desk.source.inbox.value;
  useEffect(() => keepKnown(inbox, known), [known]);
  return desk;
}

export interface Reading {
  readonly pane: { current: HTMLElement | null };
  readonly placeOf: (id: string) => Place;
  readonly open: (id: string) => void;
  readonly close: () => void;
  readonly gone: (id: string) => void;
  readonly search: (q: string) => void;
}

/** Going from the list to a message and back; the way back leads to the same place in the list. */
function useReading(desk: Desk, inbox: string | undefined, message: string | undefined): Reading {
  const pane = useRef<HTMLElement>(null);
  const cameFromList = useRef(false);
  const before = useRef(message);
  const reading = useMemo(() => readingOf(desk, inbox, pane, cameFromList), [desk, inbox]);
  useEffect(() => {
    desk.mailbox.onMail = (event) => notifier.tell(event);
    const notifier = new Notifier((id) => id !== undefined && reading.open(id));
    return () => notifier.end();
  }, [desk, reading]);
  useEffect(() => {
    const last = before.current;
    before.current = message;
    if (message === last) return;
    if (message !== undefined) {
      desk.current.value = message;
      if (isAlone(pane.current)) pane.current?.focus();
    } else {
      cameFromList.current = false;
      if (last !== undefined) desk.show(desk.entries.some(({ id }) => id === last) ? last : desk.current.peek());
    }
  }, [message]);
  return reading;
}

function readingOf(
  desk: Desk,
  inbox: string | undefined,
  pane: { current: HTMLElement | null },
  cameFromList: { current: boolean },
): Reading {
  const placeOf = (id?: string): Place =>
    inbox === undefined ? { screen: "all", message: id } : { screen: "inbox", inbox, message: id };
  const close = (): void => {
    if (cameFromList.current) history.back();
    else go(placeOf(), { replaces: true, q: query.peek() });
  };
  return {
    pane,
    placeOf,
    open: (id) => {
      // From one message to the next leads no longer way back than to the list.
      const isReading = pane.current?.closest(".reading") !== null;
      if (!isReading) cameFromList.current = true;
      go(placeOf(id), { q: query.peek(), replaces: isReading });
    },
    close,
    gone: (id) => {
      desk.mailbox.apply({ what: "deleted", inboxId: "", ids: [id], tags: [] });
      close();
    },
    search: (q) => go(placeOf(), { q, replaces: true }),
  };
}

/** Whether the message takes the place of the list, as on a phone. */
function isAlone(pane: HTMLElement | null): boolean {
  return pane?.previousElementSibling?.clientHeight === 0;
}

function titleOf(desk: Desk): string {
  if (desk.inbox === undefined) return "All mail";
  const inbox = desk.source.inbox.value;
  return inbox?.label || inbox?.address || "Inbox";
}
