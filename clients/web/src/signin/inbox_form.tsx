/** Opening one inbox without an account: by its address, and its token where one is needed. */

import { Gone, NotFound } from "@mayfly-mail/client";
import { getInbox } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { keepInbox } from "../access/credentials.ts";
import { clientWith, discovery } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed } from "../parts/notice.tsx";
import { NameForPasswordManagers, SecretField } from "../parts/secret_field.tsx";
import { go } from "../shell/router.ts";
import { pastedIn } from "./pasted.ts";

export function InboxForm() {
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const open = useAction(async () => {
    const inbox = await clientWith(token.trim()).call(getInbox(name.trim()));
    keepInbox({ id: inbox.id, address: inbox.address, token: token.trim(), expiresAt: inbox.inbox_expires_at });
    go({ screen: "inbox", inbox: inbox.id }, { replaces: true });
  });
  const paste = (text: string): void => {
    const pasted = pastedIn(text);
    setName(pasted.name);
    if (pasted.token) setToken(pasted.token);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void open.run();
  };
  const error = open.error.value;
  const isMissing = error instanceof NotFound || error instanceof Gone;
  const isByAddress = discovery.value?.anonymous_inboxes === "address";
  return (
    <form onSubmit={submit}>
      <h2>One inbox</h2>
      <TextField
        label="Address, or a link to the inbox"
        name="inbox"
        required
        value={name}
        onInput={paste}
        spellcheck={false}
        problem={isMissing ? "No inbox has this address and token. It may have ended." : ""}
      />
      <NameForPasswordManagers name={name} />
      <SecretField
        label="Token"
        name="token"
        autocomplete="off"
        value={token}
        onInput={setToken}
        hint={isByAddress ? "Not needed for inboxes that were made without an account." : "It begins with mfi_."}
      />
      {error !== undefined && !isMissing && <Failed error={error} />}
      <Button type="submit" isBusy={open.isBusy.value}>
        Open the inbox
      </Button>
    </form>
  );
}
