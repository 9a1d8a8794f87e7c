/** One message: its code, its links, its HTML in a sandbox, and everything that is known of it. */

import { Gone, NotFound } from "@mayfly-mail/client";
import type { Mayfly, models } from "@mayfly-mail/client";
import { getMessage } from "@mayfly-mail/client/operations";
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { isSignedIn } from "../access/server.ts";
import type { Entry } from "../mail/entry.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Link } from "../parts/link.tsx";
import { useLoaded } from "../parts/loaded.ts";
import type { Loaded } from "../parts/loaded.ts";
import { Empty, Failed, Loading, Note } from "../parts/notice.tsx";
import { Letter } from "./letter.tsx";
import "./message.css";

interface Props {
  id: string;
  /** With credentials that may read it. */
  client: Mayfly;
  /** Its entry in the list, which follows what other clients change; undefined while it is in none that is loaded. */
  entry: ReadonlySignal<Entry | undefined>;
  /** Whether it was deleted while it is read, by another client. */
  isDeleted: boolean;
  /** Called when it was deleted here, or turns out to exist no more. */
  onGone: () => void;
  onClose: () => void;
}

/** Who goes through a list quickly sees the last message only; the others are not asked for. */
const HURRY = 250;
const PAUSE = 150;
let lastAsked = 0;

export function MessageView({ id, client, entry, isDeleted, onGone, onClose }: Props) {
  const message = useLoaded(async (signal) => await read(id, client, signal), [id, client]);
  useChanges(message, entry.value);
  const shown = useRef<models.MessageData | undefined>(undefined);
  const heading = useId();
  const data = message.data.value;
  const error = message.error.value;
  if (data !== undefined) shown.current = data;
  if (error !== undefined && data === undefined) shown.current = undefined;
  // While the next one is on its way the last one stays, so that nothing flickers.
  const letter = data ?? (message.isLoading.value ? shown.current : undefined);
  const isOld = letter !== undefined && letter.id !== id;
  return (
    <article
      class={isOld ? "message old" : "message"}
      aria-labelledby={letter && !isOld ? heading : undefined}
      aria-label={letter && !isOld ? undefined : "Message"}
      aria-busy={message.isLoading.value}
      inert={isOld}
    >
      {letter && isDeleted && (
        <Note kind="warning">
          <p>This message was deleted meanwhile. It is shown here for the last time.</p>
        </Note>
      )}
      {letter && (
        <Letter
          key={letter.id}
          message={letter}
          headingId={heading}
          client={client}
          isDeleted={isDeleted}
          onChanged={message.set}
          onReload={() => void message.reload()}
          isLoading={message.isLoading.value}
          onGone={onGone}
          onClose={onClose}
        />
      )}
      {letter === undefined && message.isLoading.value && <Loading what="the message" />}
      {letter === undefined && error !== undefined && !message.isLoading.value && (
        <Unreadable error={error} onRetry={() => void message.reload()} onGone={onGone} onClose={onClose} />
      )}
    </article>
  );
}

/** Take over what was changed since the message was read, here or elsewhere. */
function useChanges(message: Loaded<models.MessageData>, entry: Entry | undefined): void {
  useEffect(() => {
    const data = message.data.peek();
    if (entry === undefined || entry.isPartial || data?.id !== entry.id) return;
    if (data.is_read === entry.is_read && data.tags.join("\n") === entry.tags.join("\n")) return;
    message.set({ ...data, is_read: entry.is_read, tags: [...entry.tags] });
  }, [entry?.is_read, entry?.tags]);
}

async function read(id: string, client: Mayfly, signal: AbortSignal): Promise<models.MessageData> {
  const isHurried = performance.now() - lastAsked < HURRY;
  lastAsked = performance.now();
  if (isHurried) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  signal.throwIfAborted();
  // The call marks it as read, after its answer.
  return { ...(await client.call(getMessage(id), { signal })), is_read: true };
}

interface UnreadableProps {
  error: unknown;
  onRetry: () => void;
  onGone: () => void;
  onClose: () => void;
}

function Unreadable({ error, onRetry, onGone, onClose }: UnreadableProps) {
  const isGone = error instanceof NotFound || error instanceof Gone;
  if (!isGone) {
    return (
      <>
        <IconButton icon="close" label="Close the message" onClick={onClose} />
        <Failed error={error} onRetry={onRetry} />
      </>
    );
  }
  return (
    <Empty title="This message is not there">
      <p>It was deleted, its inbox has ended, or it can be read with another key only.</p>
      <p class="actions centred">
        <Button kind="primary" onClick={onGone}>
          Back to the list
        </Button>
        {!isSignedIn.value && (
          <Link to={{ screen: "sign-in" }} class="button">
            Sign in
          </Link>
        )}
      </p>
    </Empty>
  );
}
