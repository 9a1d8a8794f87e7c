/** Inboxes without an account: making one with one click, and those of this tab. */

import { generateInbox } from "@mayfly-mail/client/operations";
import { useEffect, useRef } from "preact/hooks";
import { forgetInbox, keepInbox, ownInboxes } from "../access/credentials.ts";
import type { OwnInbox } from "../access/credentials.ts";
import { clientWith, isSignedIn } from "../access/server.ts";
import type { models } from "@mayfly-mail/client";
import { useAction } from "../parts/action.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { Failed } from "../parts/notice.tsx";
import { Countdown, now } from "../parts/time.tsx";
import { go } from "../shell/router.ts";

export function OwnInboxes({ server }: { server: models.Discovery }) {
  const own = ownInboxes.value;
  const isOff = server.anonymous_inboxes === "off";
  // With an account one makes inboxes of it; those of this tab are still there.
  if (isSignedIn.value && own.length === 0) return null;
  return (
    <section class="card" aria-labelledby="own-inboxes">
      <h2 id="own-inboxes">{isSignedIn.value ? "Without your account, in this tab" : "Without an account"}</h2>
      {!isSignedIn.value && (isOff ? <OnlyWithAccount server={server} /> : <MakeOne />)}
      {own.length > 0 && <List own={own} />}
    </section>
  );
}

function MakeOne() {
  const make = useAction(async () => {
    const made = await clientWith("").call(generateInbox());
    keepInbox({ id: made.id, address: made.address, token: made.token, expiresAt: made.inbox_expires_at });
    go({ screen: "inbox", inbox: made.id });
  });
  return (
    <>
      <p>A disposable address, ready at once. Its mail appears by itself, with its codes and links.</p>
      <Button kind="primary" icon="plus" class="large" isBusy={make.isBusy.value} onClick={() => void make.run()}>
        Make an inbox
      </Button>
      {make.error.value !== undefined && <Failed error={make.error.value} onRetry={() => void make.run()} />}
    </>
  );
}

function OnlyWithAccount({ server }: { server: models.Discovery }) {
  return (
    <>
      <p>This server has inboxes for accounts only.</p>
      <Link to={{ screen: "sign-in" }} class="button primary">
        <Icon name="key" size={18} />{" "}
        <span>{server.sign_up ? "Sign in or make an account" : "Sign in with a key"}</span>
      </Link>
    </>
  );
}

function List({ own }: { own: readonly OwnInbox[] }) {
  const list = useRef<HTMLUListElement>(null);
  const lost = useRef(false);
  useEffect(() => {
    if (lost.current) list.current?.querySelector("a")?.focus();
    lost.current = false;
  }, [own]);
  const forget = (id: string): void => {
    lost.current = true;
    forgetInbox(id);
  };
  return (
    <ul class="inboxes" ref={list} aria-label="Inboxes of this tab">
      {own.map((inbox) => (
        <li key={inbox.id} class="inbox-row">
          <Link to={{ screen: "inbox", inbox: inbox.id }} class="inbox-name">
            <bdi>{inbox.address || inbox.id}</bdi>
          </Link>
          <span class="inbox-facts">
            <End at={inbox.expiresAt} />
          </span>
          {inbox.address && (
            <CopyButton text={inbox.address} label={`Copy ${inbox.address}`} kind="quiet">
              Copy
            </CopyButton>
          )}
          <IconButton
            icon="close"
            label={`Take ${inbox.address || inbox.id} off this list`}
            onClick={() => forget(inbox.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** When an inbox ends, or that it has. */
export function End({ at }: { at: string | null }) {
  if (at === null) return <>Stays until it is deleted</>;
  if (new Date(at).getTime() <= now.value) return <>Has ended</>;
  return (
    <>
      Ends in <Countdown until={at} />
    </>
  );
}
