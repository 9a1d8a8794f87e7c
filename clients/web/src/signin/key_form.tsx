/** Signing in with an API key, which is tried before it is kept. */

import { Forbidden, Unauthorized } from "@mayfly-mail/client";
import { getAccount } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { kindOf } from "../access/kinds.ts";
import { clientWith } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Failed } from "../parts/notice.tsx";
import { NameForPasswordManagers, SecretField } from "../parts/secret_field.tsx";

const WHERE = "cat .mayfly/api-key";

export function KeyForm({ onKey }: { onKey: (key: string) => void }) {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState("");
  const check = useAction(async () => {
    await clientWith(key.trim()).call(getAccount());
    onKey(key.trim());
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = problemWith(key.trim());
    setProblem(found);
    if (!found) void check.run();
  };
  const refused = refusalOf(check.error.value);
  return (
    <form onSubmit={submit}>
      <h2>With an API key</h2>
      <NameForPasswordManagers name="API key of Mayfly" />
      <SecretField
        label="API key"
        name="password"
        autocomplete="current-password"
        value={key}
        onInput={(text) => {
          setKey(text);
          setProblem("");
        }}
        problem={problem || refused}
        hint={
          <>
            <code>make run</code> writes one to the file <code>.mayfly/api-key</code>.{" "}
            <CopyButton text={WHERE} label={`Copy command: ${WHERE}`} kind="quiet">
              {WHERE}
            </CopyButton>
          </>
        }
      />
      {check.error.value !== undefined && !refused && <Failed error={check.error.value} />}
      <Button type="submit" kind="primary" isBusy={check.isBusy.value}>
        Sign in with the key
      </Button>
    </form>
  );
}

function problemWith(key: string): string {
  switch (key && kindOf(key)) {
    case "":
      return "Paste a key first.";
    case "broken-key":
      return "This is not a whole key: one has 65 characters, mfy_ and the rest.";
    case "inbox-token":
      return "This is the token of one inbox: use it under “One inbox” below.";
    case "other-secret":
      return "This is a secret of Mayfly, but no API key: those begin with mfy_.";
    case "unknown":
      return "This is no API key: those begin with mfy_. The operator's token has a field of its own below.";
  }
  return "";
}

function refusalOf(error: unknown): string {
  if (error instanceof Unauthorized) {
    return "This key does not work: it is unknown here, was revoked, or has expired.";
  }
  if (error instanceof Forbidden && error.message.includes("domain")) {
    return `This key may be used from its allowed domains only, and ${location.host} is none of them.`;
  }
  return "";
}
