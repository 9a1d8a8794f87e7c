/** A domain of the account: its DNS records to copy, their check, and giving it up. */

import type { models } from "@mayfly-mail/client";
import { deleteDomain, verifyDomain } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { When } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { focusHeading } from "../../shell/screen.tsx";
import { Trouble } from "../reading.tsx";
import { recordsOf, stateOf } from "./records.ts";
import type { DnsRecord } from "./records.ts";

interface Props {
  of: models.DomainData;
  mailHosts: readonly string[];
  onChanged: () => Promise<void>;
  onGone: () => void;
}

export function CustomDomain({ of: domain, mailHosts, onChanged, onGone }: Props) {
  const [result, setResult] = useState<models.VerificationData | undefined>();
  const id = domain.id ?? "";
  const verifying = useAction(async () => {
    setResult(undefined);
    setResult(await account.value.call(verifyDomain(id)));
    await onChanged();
  });
  const deleting = useAction(async () => {
    const text = "Mayfly takes no more mail for it, and your inboxes on it end with their mail. This cannot be undone.";
    if (!(await confirmed(`Remove ${domain.name}?`, text, "Remove the domain"))) return;
    await account.value.call(deleteDomain(id));
    announce("Removed");
    focusHeading();
    onGone();
  });
  const [chip, words] = stateOf(domain);
  const error = verifying.error.value ?? deleting.error.value;
  return (
    <li class="account-card" aria-label={domain.name}>
      <h3>
        <bdi>{domain.name}</bdi> <span class={`state-chip ${chip}`}>{words}</span>
      </h3>
      {domain.mail_until && (
        <p>
          The TXT record was not found since {domain.failing_since && <When at={domain.failing_since} />}. Mail is taken
          until <When at={domain.mail_until} />; set the record again before.
        </p>
      )}
      <Records records={recordsOf(domain, mailHosts)} name={domain.name} />
      {result && <Result of={result} />}
      {error !== undefined && <Trouble error={error} />}
      <div class="actions">
        <Button kind="primary" icon="check" isBusy={verifying.isBusy.value} onClick={() => void verifying.run()}>
          Check the records
        </Button>
        <Button kind="danger" icon="trash" isBusy={deleting.isBusy.value} onClick={() => void deleting.run()}>
          Remove
        </Button>
      </div>
    </li>
  );
}

function Records({ records, name }: { records: readonly DnsRecord[]; name: string }) {
  const hasChoice = records.filter((record) => record.type === "MX").length > 1;
  return (
    <>
      <p>
        Set these where the DNS of the domain is kept; some services write <code>@</code> for the name of the domain
        itself. It can take some minutes until they are seen.
      </p>
      <ul class="account-rows records" aria-label={`DNS records of ${name}`}>
        {records.map((record) => (
          <li key={record.type + record.value}>
            <p>
              <strong>{record.type}</strong> {record.purpose}
              {record.type === "MX" && hasChoice && "; one of these is enough"}
            </p>
            <Value label="Name" text={record.name} of={record.type} />
            {record.priority !== undefined && <Value label="Priority" text={record.priority} of={record.type} />}
            <Value label="Value" text={record.value} of={record.type} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Value({ label, text, of }: { label: string; text: string; of: string }) {
  return (
    <p class="value">
      <span>{label}</span> <code>{text}</code>
      <CopyButton text={text} label={`Copy ${label.toLowerCase()} of the ${of} record: ${text}`} kind="quiet">
        Copy
      </CopyButton>
    </p>
  );
}

function Result({ of: found }: { of: models.VerificationData }) {
  return (
    <div role="status">
      <ul class="account-rows">
        <Check isFound={found.txt_verified} what="TXT record" error={found.txt_error} />
        <Check isFound={found.mx_verified} what="MX record" error={found.mx_error} />
      </ul>
    </div>
  );
}

function Check({ isFound, what, error }: { isFound: boolean; what: string; error: string | undefined }) {
  return (
    <li class={isFound ? "found" : "missing"}>
      <Icon name={isFound ? "check" : "warning"} size={18} />{" "}
      <span>{isFound ? `${what} found.` : `${what} missing: ${error ?? ""}.`}</span>
    </li>
  );
}
