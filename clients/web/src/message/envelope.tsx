/** From whom a mail is, to whom, and when: the fields above its body. */

import type { models } from "@mayfly-mail/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { CopyButton } from "../parts/copy.tsx";
import { countOf, sizeOf } from "../parts/sizes.ts";
import { When, exactly } from "../parts/time.tsx";
import { travelled } from "./arrival.ts";

const SHOWN = 5;

export function Envelope({ message }: { message: models.MessageData }) {
  const { from_name, from_address, date, received_at } = message;
  return (
    <dl class="mail-facts">
      <Fact name="From">
        {from_name && (
          <>
            <bdi class="name">{from_name}</bdi>{" "}
          </>
        )}
        {from_address ? <Address address={from_address} /> : !from_name && <em>no sender is named</em>}
      </Fact>
      <Addresses name="To" addresses={message.to} />
      <Addresses name="Cc" addresses={message.cc} />
      <Addresses name="Bcc" addresses={message.bcc} />
      <Addresses name="Reply to" addresses={message.reply_to} />
      <Fact name="Received">
        <When at={received_at} />
        <span class="hint">
          {" "}
          · {exactly(received_at)}
          {date !== null && ` · ${travelled(date, received_at)}`} · {sizeOf(message.raw_size)}
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Addresses({ name, addresses }: { name: string; addresses: readonly string[] }) {
  const [isWhole, setWhole] = useState(false);
  if (addresses.length === 0) return null;
  const shown = isWhole ? addresses : addresses.slice(0, SHOWN);
  return (
    <Fact name={name}>
      {shown.map((address) => (
        <Address key={address} address={address} />
      ))}
      {addresses.length > shown.length && (
        <button type="button" class="as-link" onClick={() => setWhole(true)}>
          and {countOf(addresses.length - shown.length)} more
        </button>
      )}
    </Fact>
  );
}

function Address({ address }: { address: string }) {
  return (
    <span class="address">
      <bdi>{address}</bdi>
      <CopyButton text={address} label={`Copy ${address}`} kind="quiet" class="tiny">
        {null}
      </CopyButton>
    </span>
  );
}
