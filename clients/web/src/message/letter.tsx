/** A message that has been read: head, code, links, and the tabs with all the rest. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { changeMessage, getRawMessage } from "@mayfly-mail/client/operations";
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { fileNames } from "../mail/file_names.ts";
import { useAction } from "../parts/action.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Failed, Note } from "../parts/notice.tsx";
import { saveAs } from "../parts/downloads.ts";
import { Tabs } from "../parts/tabs.tsx";
import type { TabItem } from "../parts/tabs.tsx";
import { announce } from "../shell/announcer.tsx";
import type { Place } from "../shell/places.ts";
import { hrefOf, place } from "../shell/router.ts";
import { AttachmentsPanel } from "./attachments_panel.tsx";
import { ChecksPanel } from "./checks_panel.tsx";
import { CodeBox } from "./code_box.tsx";
import { Envelope } from "./envelope.tsx";
import { HeadersPanel } from "./headers_panel.tsx";
import { HtmlPanel } from "./html_panel.tsx";
import { LinkRow } from "./link_row.tsx";
import { LinksPanel } from "./links_panel.tsx";
import { SourcePanel } from "./source_panel.tsx";
import { placeIn } from "./spans.ts";
import type { Range } from "./spans.ts";
import { Tags } from "./tags.tsx";
import { straight } from "../parts/visible.ts";
import { HiddenPanel, TextPanel } from "./text_panel.tsx";
import { TimelinePanel } from "./timeline_panel.tsx";

interface Props {
  message: models.MessageData;
  headingId: string;
  client: Mayfly;
  isDeleted: boolean;
  onChanged: (message: models.MessageData) => void;
  onReload: () => void;
  isLoading: boolean;
  onGone: () => void;
  onClose: () => void;
}

/** The tab that was chosen last; it is kept from message to message, where the next one has it too. */
const chosen = signal("");
/** Links of these kinds are what a mail is about. */
const MAIN_KINDS = ["verify", "reset", "magic"];
const MOST_MAIN_LINKS = 3;
/** Characters of a subject that may have to be scrolled. */
const LONG_SUBJECT = 200;

export function Letter(props: Props) {
  const { message, headingId, client, isDeleted, onChanged } = props;
  const main = message.links.filter((link) => MAIN_KINDS.includes(link.kind)).slice(0, MOST_MAIN_LINKS);
  const raw = useRaw(message.id, client);
  const onSave = useAction(async () => saveAs(fileNames([message])[0]!, await raw(), "message/rfc822"));
  return (
    <>
      <Actions {...props} onSave={() => void onSave.run()} isSaving={onSave.isBusy.value} />
      {onSave.error.value !== undefined && <Failed error={onSave.error.value} />}
      <h2 id={headingId} class="subject" tabIndex={message.subject.length > LONG_SUBJECT ? 0 : undefined}>
        {message.subject ? <bdi>{straight(message.subject)}</bdi> : <em>no subject</em>}
      </h2>
      <Envelope message={message} />
      {!isDeleted && <Tags message={message} client={client} onChanged={onChanged} />}
      {message.parse_status === "failed" && (
        <Note kind="warning">
          <p>This mail could not be taken apart. What was received is under Source, and can be downloaded.</p>
        </Note>
      )}
      {message.otp_detected !== null && <CodeBox message={message} client={client} placeOf={besides} />}
      {main.length > 0 && (
        <ul class="links main" aria-label="Main links">
          {main.map((link) => (
            <LinkRow key={link.index} link={link} />
          ))}
        </ul>
      )}
      <Panels {...props} raw={raw} onSave={() => void onSave.run()} />
    </>
  );
}

function Actions(props: Props & { onSave: () => void; isSaving: boolean }) {
  const { message, client, isDeleted, onChanged, onGone, onClose } = props;
  const mark = useAction(async (isRead: boolean) => {
    onChanged(await client.call(changeMessage(message.id, { is_read: isRead })));
    announce(isRead ? "Marked as read" : "Marked as unread");
  });
  const remove = useAction(async () => {
    await client.deleteMessage(message.id);
    announce("Message deleted");
    onGone();
  });
  const error = mark.error.value ?? remove.error.value;
  return (
    <>
      <div class="message-actions" role="group" aria-label="Message">
        <IconButton icon="back" label="Close the message" onClick={onClose} />
        {!isDeleted && (
          <Button kind="quiet" icon="inbox" isBusy={mark.isBusy.value} onClick={() => void mark.run(!message.is_read)}>
            {message.is_read ? "Mark unread" : "Mark read"}
          </Button>
        )}
        <Button kind="quiet" icon="download" isBusy={props.isSaving} onClick={props.onSave}>
          Download
        </Button>
        <CopyButton kind="quiet" text={linkTo(message)} label="Copy link to this message">
          Copy link
        </CopyButton>
        {!isDeleted && (
          <Button kind="quiet" icon="trash" isBusy={remove.isBusy.value} onClick={() => void remove.run()}>
            Delete
          </Button>
        )}
      </div>
      {error !== undefined && <Failed error={error} />}
    </>
  );
}

function Panels(props: Props & { raw: () => Promise<Uint8Array>; onSave: () => void }) {
  const items = tabsOf(props);
  const selected =
    items.find((item) => item.id === chosen.value) ?? items.find((item) => item.id === first(props.message));
  return (
    <Tabs label="Parts of the message" items={items} selected={selected!.id} onSelect={(id) => (chosen.value = id)} />
  );
}

function tabsOf({ message, client, onReload, isLoading, raw, onSave }: Parameters<typeof Panels>[0]): TabItem[] {
  const { id, body_html, body_text, links, attachments, hidden_text, header_fields, warnings } = message;
  const tab = (id: string, label: string, panel: TabItem["panel"], count?: number): TabItem => ({
    id,
    label,
    panel,
    count,
  });
  return [
    ...(body_html ? [tab("html", "HTML", () => <HtmlPanel id={id} html={body_html} client={client} />)] : []),
    tab("text", "Text", () => <TextPanel text={body_text} mark={markOf(message)} />),
    ...(links.length > 0 ? [tab("links", "Links", () => <LinksPanel links={links} />, links.length)] : []),
    ...(attachments.length > 0
      ? [
          tab(
            "attachments",
            "Attachments",
            () => <AttachmentsPanel id={id} attachments={attachments} client={client} />,
            attachments.length,
          ),
        ]
      : []),
    ...(hidden_text ? [tab("hidden", "Hidden text", () => <HiddenPanel text={hidden_text} />)] : []),
    tab("headers", "Headers", () => <HeadersPanel fields={header_fields} />),
    tab("source", "Source", () => <SourcePanel octets={message.raw_size} read={raw} onSave={onSave} />),
    tab(
      "checks",
      "Checks",
      () => <ChecksPanel message={message} onReload={onReload} isLoading={isLoading} />,
      warnings.length || undefined,
    ),
    tab("timeline", "Timeline", () => <TimelinePanel id={id} client={client} />),
  ];
}

function first(message: models.MessageData): string {
  if (message.parse_status === "failed") return "source";
  return message.body_html ? "html" : "text";
}

function markOf(message: models.MessageData): Range | undefined {
  const found = message.otp_candidates.find((candidate) => candidate.code === message.otp_detected);
  return found?.source === "text" ? placeIn(message.body_text, found.span, found.display) : undefined;
}

/** Return what reads the mail's octets, once for all that want them. */
function useRaw(id: string, client: Mayfly): () => Promise<Uint8Array> {
  return useMemo(() => {
    let octets: Promise<Uint8Array> | undefined;
    return () => {
      octets ??= client.call(getRawMessage(id)).catch((error: unknown) => {
        octets = undefined;
        throw error;
      });
      return octets;
    };
  }, [id, client]);
}

/** Return the place of another message in the list that is shown. */
function besides(id: string): Place {
  const here = place.value;
  return here.screen === "inbox" ? { ...here, message: id } : { screen: "all", message: id };
}

function linkTo({ inbox_id, id }: models.MessageData): string {
  return new URL(hrefOf({ screen: "inbox", inbox: inbox_id, message: id }), location.href).href;
}
