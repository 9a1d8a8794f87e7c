/** What can be checked about a mail: who vouches for its sender, and what is wrong with its form. */

import type { models } from "@mayfly-mail/client";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Note } from "../parts/notice.tsx";
import { CHECKS, gradeOf, meaningOf } from "./checks.ts";

interface Props {
  message: models.MessageData;
  /** Read the message again. */
  onReload: () => void;
  isLoading: boolean;
}

const ICONS = { good: "check", bad: "close", open: "info" } as const;

export function ChecksPanel({ message, onReload, isLoading }: Props) {
  return (
    <>
      <h3>Sender</h3>
      {message.authentication ? (
        <Results results={message.authentication} />
      ) : (
        <Unknown reason={message.authentication_reason} onReload={onReload} isLoading={isLoading} />
      )}
      <h3>Form</h3>
      <Form message={message} />
      <h3>Envelope</h3>
      <Envelope envelope={message.envelope} recipients={message.recipients} />
    </>
  );
}

function Results({ results }: { results: models.Authentication }) {
  return (
    <dl class="checks">
      {CHECKS.map(([check, name, question]) => {
        const result = results[check];
        const grade = gradeOf(result);
        return (
          <div key={check} class={grade}>
            <dt>
              <abbr title={question}>{name}</abbr>
            </dt>
            <dd>
              <strong>
                <Icon name={ICONS[grade]} size={18} /> <bdi>{result}</bdi>
              </strong>
              <p>{meaningOf(check, result)}</p>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Unknown({ reason, onReload, isLoading }: { reason: string; onReload: () => void; isLoading: boolean }) {
  if (reason !== "") {
    return (
      <Note>
        <p>
          SPF, DKIM and DMARC were not checked: {reason === "dropped" ? "too many mails were waiting for it." : reason}
        </p>
      </Note>
    );
  }
  return (
    <Note>
      <p>SPF, DKIM and DMARC are not known yet. It takes a second mostly.</p>
      <Button icon="refresh" isBusy={isLoading} onClick={onReload}>
        Look again
      </Button>
    </Note>
  );
}

function Form({ message }: { message: models.MessageData }) {
  if (message.parse_status === "failed")
    return <p>The mail could not be taken apart. Its envelope and its source are all that is known.</p>;
  if (message.warnings.length === 0) return <p>The mail keeps the rules of mail: no warnings.</p>;
  return (
    <ul class="warnings">
      {message.warnings.map((warning) => (
        <li key={warning}>
          <Icon name="warning" size={16} /> {warning}
        </li>
      ))}
    </ul>
  );
}

function Envelope({ envelope, recipients }: { envelope: models.EnvelopeData; recipients: readonly string[] }) {
  const facts: [string, string][] = [
    ["MAIL FROM", envelope.reverse_path || "<> (no sender)"],
    ["RCPT TO", recipients.slice(0, 100).join(", ")],
    ["HELO", envelope.helo],
    ["Sent from", envelope.peer_address],
    ["Came by", envelope.source === "smtp" ? `SMTP, ${envelope.tls ? "encrypted" : "not encrypted"}` : envelope.source],
    ["Signed in as", envelope.login],
  ];
  return (
    <dl class="mail-facts">
      {facts
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
    </dl>
  );
}
