/** What is done with an inbox as a whole: its address, its end, alerts, and what the menu has. */

import { Suspense, lazy } from "preact/compat";
import { useState } from "preact/hooks";
import { forgetInbox } from "../access/credentials.ts";
import { discovery } from "../access/server.ts";
import { canNotify, isOn, showBadge, turnOff, turnOn } from "../mail/alerts.ts";
import { InboxSource } from "../mail/source.ts";
import type { Known } from "../mail/source.ts";
import { CopyButton } from "../parts/copy.tsx";
import { IconButton } from "../parts/button.tsx";
import { confirmed } from "../parts/dialog.tsx";
import { problemOf } from "../parts/problems.ts";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { Countdown } from "../parts/time.tsx";
import { announce, warn } from "../shell/announcer.tsx";
import { go } from "../shell/router.ts";
import { choose, density } from "./density.ts";
import { complain } from "./desk.ts";
import type { Desk } from "./desk.ts";

const QrDialog = lazy(() => import("./qr_dialog.tsx"));

export function InboxActions({ desk, onExport }: { desk: Desk; onExport: () => void }) {
  const { source } = desk;
  const inbox = source.inbox.value;
  const isEnded = desk.mailbox.state.value === "ended";
  return (
    <>
      {inbox && <Address inbox={inbox} />}
      {inbox && !isEnded && source instanceof InboxSource && <Lifetime source={source} inbox={inbox} />}
      <More desk={desk} inbox={inbox} onExport={onExport} />
    </>
  );
}

function Address({ inbox }: { inbox: Known }) {
  const [isShown, setShown] = useState(false);
  if (inbox.id === discovery.value?.default_space) return null;
  const isSpace = inbox.address.startsWith("*@");
  const [what, text] = isSpace ? ["domain", inbox.address.slice(2)] : ["address", inbox.address];
  return (
    <>
      <CopyButton text={text} label={`Copy ${what} ${text}`} class="address">
        {inbox.label ? <bdi>{text}</bdi> : `Copy ${what}`}
      </CopyButton>
      <IconButton icon="qr" label="QR code" onClick={() => setShown(true)} />
      <Suspense fallback={null}>
        {isShown && <QrDialog inbox={inbox} isSpace={isSpace} onClose={() => setShown(false)} />}
      </Suspense>
    </>
  );
}

const SPANS = [
  ["10 minutes from now", 600],
  ["1 hour from now", 3_600],
  ["1 day from now", 86_400],
  ["7 days from now", 604_800],
  ["When it is deleted", null],
] as const;

function Lifetime({ source, inbox }: { source: InboxSource; inbox: Known }) {
  const ends = inbox.expiresAt;
  if (inbox.id === discovery.value?.default_space) return null;
  const extend = async (seconds: number | null): Promise<void> => {
    try {
      await source.extend(seconds);
      announce("The end was changed");
    } catch (error) {
      const problem = problemOf(error, "ttl_seconds");
      if (problem !== "") warn(`It cannot end then: ${problem}`);
      else complain(error);
    }
  };
  return (
    <span class="lifetime">
      {ends && (
        <span>
          Ends in <Countdown until={ends} />
        </span>
      )}
      <Menu label={ends ? "Extend" : "Set an end"} icon="clock">
        {SPANS.filter(([, seconds]) => seconds !== null || ends !== null).map(([text, seconds]) => (
          <MenuItem key={text} icon="clock" onClick={() => void extend(seconds)}>
            {text}
          </MenuItem>
        ))}
      </Menu>
    </span>
  );
}

function More({ desk, inbox, onExport }: { desk: Desk; inbox: Known | undefined; onExport: () => void }) {
  const hasMail = desk.mailbox.entries.value.length > 0;
  const isDefault = inbox?.id === discovery.value?.default_space;
  return (
    <Menu label="More">
      <MenuItem icon="bell" onClick={() => void toggleAlerts(desk)}>
        {isOn.value ? "Stop notifications" : "Notify me of new mail"}
      </MenuItem>
      <MenuItem icon="all" onClick={() => choose(density.value === "compact" ? "comfortable" : "compact")}>
        {density.value === "compact" ? "Rows with more detail" : "Compact rows"}
      </MenuItem>
      {hasMail && (
        <>
          <MenuItem icon="eye" onClick={() => void desk.markAll()}>
            {inbox ? "Mark all as read" : "Mark all that is loaded as read"}
          </MenuItem>
          <MenuItem icon="download" onClick={onExport}>
            Save all that is loaded
          </MenuItem>
        </>
      )}
      {inbox && (
        <>
          <Link to={{ screen: "wait", inbox: desk.inbox ?? inbox.id }} class="menu-item">
            <Icon name="clock" size={18} /> <span>Wait for a message …</span>
          </Link>
          <MenuItem icon="trash" isDanger onClick={() => void desk.clear(inbox.address)}>
            Delete all messages …
          </MenuItem>
          {!isDefault && desk.source instanceof InboxSource && (
            <MenuItem icon="trash" isDanger onClick={() => void removeInbox(desk, desk.source as InboxSource, inbox)}>
              Delete the inbox …
            </MenuItem>
          )}
        </>
      )}
    </Menu>
  );
}

async function toggleAlerts(desk: Desk): Promise<void> {
  if (isOn.peek()) {
    turnOff();
    announce("Notifications are off");
  } else if (await turnOn()) {
    announce("You are notified while the page is in the background");
    showBadge(desk.mailbox.unread.peek());
  } else {
    warn(
      canNotify
        ? "The browser does not allow notifications for this page. Its settings can change that."
        : "Browsers have notifications over HTTPS only, or from this machine.",
    );
  }
}

async function removeInbox(desk: Desk, source: InboxSource, inbox: Known): Promise<void> {
  const text = `${inbox.address} stops taking mail at once, and its messages are deleted for good.`;
  if (!(await confirmed("Delete this inbox?", text, "Delete the inbox"))) return;
  try {
    await source.delete();
    desk.mailbox.stop();
    forgetInbox(desk.inbox ?? inbox.id);
    announce("The inbox was deleted");
    go({ screen: "start" });
  } catch (error) {
    complain(error);
  }
}
