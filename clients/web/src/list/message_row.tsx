/** One message in a list. */

import { memo } from "preact/compat";
import type { Entry } from "../mail/entry.ts";
import { straight } from "../parts/visible.ts";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { several } from "../parts/sizes.ts";
import { countOf } from "../parts/sizes.ts";
import { When } from "../parts/time.tsx";
import type { Place } from "../shell/places.ts";

interface Props {
  entry: Entry;
  /** The same function each time, so that a row is rendered anew only when it changes. */
  placeOf: (id: string) => Place;
  q: string;
  /** Address of the inbox of the list; undefined in the list of an account. */
  own: string | undefined;
  /** From 0. */
  index: number;
  /** Of the whole list; -1 if that is not known. */
  size: number;
  height: number;
  isOpen: boolean;
  isChosen: boolean;
  /** Whether the Tab key leads here. */
  isCurrent: boolean;
  onChoose: (id: string, isRange: boolean) => void;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}

export const MessageRow = memo(function MessageRow(props: Props) {
  const { entry, index, height, isOpen, isChosen, isCurrent } = props;
  const subject = straight(entry.subject.trim()) || "(no subject)";
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <li
      role="listitem"
      aria-setsize={props.size}
      aria-posinset={index + 1}
      data-id={entry.id}
      class={`row ${entry.is_read ? "" : "unread"} ${isOpen ? "open" : ""} ${isChosen ? "chosen" : ""}`}
      style={{ insetBlockStart: `${index * height}px`, blockSize: `${height}px` }}
      onFocusIn={() => props.onFocus(entry.id)}
    >
      <label class="row-check">
        <input
          type="checkbox"
          checked={isChosen}
          tabIndex={tabIndex}
          aria-label={`Choose ${subject}`}
          onClick={(event) => props.onChoose(entry.id, event.shiftKey)}
        />
      </label>
      <Link
        to={props.placeOf(entry.id)}
        q={props.q}
        class="row-link"
        tabIndex={tabIndex}
        aria-current={isOpen ? "true" : undefined}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
          event.preventDefault();
          props.onOpen(entry.id);
        }}
      >
        <span class="row-dot">{!entry.is_read && <span class="visually-hidden">Unread.</span>}</span>
        <span class="row-from">
          <bdi>{entry.from_address || "(no sender)"}</bdi>
          <To entry={entry} own={props.own} />
        </span>
        <When at={entry.received_at} class="row-time" />
        <bdi class="row-subject">{subject}</bdi>
        <Marks entry={entry} />
        <bdi class="row-preview">{straight(entry.preview)}</bdi>
      </Link>
    </li>
  );
});

/** For whom it is, where the inbox does not say that. */
function To({ entry, own }: { entry: Entry; own: string | undefined }) {
  const [first] = entry.recipients;
  const inbox = entry.address ?? own;
  if (first === undefined || inbox === undefined || (first === inbox && entry.recipient_count === 1)) return null;
  return (
    <span class="row-to">
      {" "}
      to <bdi>{first}</bdi>
      {entry.recipient_count > 1 && ` and ${countOf(entry.recipient_count - 1)} more`}
    </span>
  );
}

function Marks({ entry }: { entry: Entry }) {
  return (
    <span class="row-marks">
      {entry.has_otp && <span class="mark code">Code</span>}
      {entry.attachment_count > 0 && (
        <span class="mark" title={several(entry.attachment_count, "attachment")}>
          <Icon name="paperclip" size={16} />
          <span class="visually-hidden">{several(entry.attachment_count, "attachment")}</span>
        </span>
      )}
      {entry.tags.slice(0, 2).map((tag) => (
        <span key={tag} class="mark">
          <bdi>{tag}</bdi>
        </span>
      ))}
      {entry.address !== undefined && (
        <span class="mark inbox">
          <bdi>{entry.address}</bdi>
        </span>
      )}
    </span>
  );
}
