/** One delivery in the log: its attempts and body when it is opened, and sending it again. */

import type { models } from "@mayfly-mail/client";
import { useEffect, useId, useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Link } from "../../parts/link.tsx";
import { useDue, useLoaded } from "../../parts/loaded.ts";
import { several } from "../../parts/sizes.ts";
import { When } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { Reading, Trouble } from "../reading.tsx";
import { Attempts } from "./attempts.tsx";
import { pretty } from "./spans.ts";

interface Props {
  of: models.DeliveryData;
  /** Whether the webhook is on; otherwise nothing can be sent. */
  isOn: boolean;
}

const CHIPS: Record<string, string> = { delivered: "active", pending: "expired", failed: "revoked" };
const WORDS: Record<string, string> = { delivered: "delivered", pending: "still being tried", failed: "failed" };

export function Delivery({ of: listed, isOn }: Props) {
  const [isOpen, setOpen] = useState(false);
  // As it was read last, in the list or with its attempts.
  const [delivery, setDelivery] = useState(listed);
  useEffect(() => setDelivery(listed), [listed]);
  const details = useId();
  return (
    <li class="account-card" aria-label={`${delivery.event_type}, ${WORDS[delivery.status]}`}>
      <div class="section-head">
        <h3>
          {delivery.event_type} <span class={`state-chip ${CHIPS[delivery.status]}`}>{WORDS[delivery.status]}</span>
        </h3>
        <Button aria-expanded={isOpen} aria-controls={details} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Hide attempts" : "Show attempts"}
        </Button>
      </div>
      <p class="hint">
        <When at={delivery.created_at} /> · {several(delivery.attempt_count, "attempt")}
        {delivery.last_status !== null && ` · last answer ${delivery.last_status}`}
        {delivery.last_error && delivery.last_error !== `answered ${delivery.last_status}` && (
          <>
            {" · "}
            <bdi>{delivery.last_error}</bdi>
          </>
        )}
        {delivery.next_attempt_at && (
          <>
            {" · next attempt "}
            <When at={delivery.next_attempt_at} />
          </>
        )}
      </p>
      <div id={details}>{isOpen && <Details id={delivery.id} isOn={isOn} onRead={setDelivery} />}</div>
    </li>
  );
}

interface DetailsProps {
  id: string;
  isOn: boolean;
  onRead: (delivery: models.DeliveryData) => void;
}

function Details({ id, isOn, onRead }: DetailsProps) {
  const delivery = useLoaded((signal) => account.value.webhooks.delivery(id, { signal }), [account.value, id]);
  const data = delivery.data.value;
  useEffect(() => data && onRead(data), [data]);
  useDue(data?.status === "pending" ? (data.next_attempt_at ?? data.created_at) : undefined, delivery.reload);
  const redelivering = useAction(async () => {
    await account.value.webhooks.redeliver(id);
    announce("It is being sent again");
    await delivery.reload();
  });
  return (
    <Reading of={delivery} what="the attempts">
      {(data) => (
        <>
          <Attempts of={data} />
          {data.payload === null ? (
            <p>Its inbox is gone, and the body of the delivery with it.</p>
          ) : (
            <details>
              <summary>Body that is sent</summary>
              <pre tabIndex={0}>{pretty(data.payload)}</pre>
            </details>
          )}
          {redelivering.error.value !== undefined && <Trouble error={redelivering.error.value} />}
          <div class="actions">
            <Button
              icon="refresh"
              isBusy={redelivering.isBusy.value}
              disabled={!isOn || data.status === "pending" || data.payload === null}
              onClick={() => void redelivering.run()}
            >
              Send again
            </Button>
            <Button isBusy={delivery.isLoading.value} onClick={() => void delivery.reload()}>
              Look again
            </Button>
            {data.inbox_id && (
              <Link to={{ screen: "inbox", inbox: data.inbox_id }} class="button">
                Open the inbox
              </Link>
            )}
          </div>
        </>
      )}
    </Reading>
  );
}
