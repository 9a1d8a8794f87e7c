/** Where to send mail so that it comes into an inbox, and a line that sends a first one. */

import { useState } from "preact/hooks";
import { discovery } from "../access/server.ts";
import { CopyButton } from "./copy.tsx";
import { commandFor } from "./sending.ts";
import type { Tool } from "./sending.ts";

const TOOLS: readonly (readonly [Tool, string])[] = [
  ["curl", "curl"],
  ["swaks", "swaks"],
  ["python", "Python"],
];

interface Place {
  readonly id: string;
  readonly address: string;
}

/** Say in a few words where SMTP takes mail for the open default space; nothing for other inboxes. */
export function WhereToSend({ inbox }: { inbox: Place | undefined }) {
  if (inbox === undefined || inbox.id !== discovery.value?.default_space) return null;
  const { host, port } = serverOf(inbox);
  const server = `${host}:${port}`;
  return (
    <p class="where-to-send">
      Any address, by SMTP to <code>{server}</code>
      <CopyButton text={server} label={`Copy ${server}`} kind="quiet">
        {null}
      </CopyButton>
    </p>
  );
}

export function FirstMail({ inbox }: { inbox: Place | undefined }) {
  const [tool, setTool] = useState<Tool>("curl");
  if (inbox === undefined) return null;
  const isDefault = inbox.id === discovery.value?.default_space;
  const server = serverOf(inbox);
  const isSpace = inbox.address.startsWith("*@");
  const to = isDefault ? "ann@example.com" : isSpace ? `ann${inbox.address.slice(1)}` : inbox.address;
  const command = commandFor(tool, server, to);
  return (
    <div class="first-mail">
      <p>
        {isDefault ? "Send to any address" : isSpace ? "Send to any address at " : "Send to "}
        {!isDefault && (
          <strong>
            <bdi>{isSpace ? inbox.address.slice(2) : inbox.address}</bdi>
          </strong>
        )}
        , by SMTP to{" "}
        <code>
          {server.host}:{server.port}
        </code>
        . For example:
      </p>
      <div class="tools" role="group" aria-label="Program">
        {TOOLS.map(([each, name]) => (
          <button key={each} type="button" class="button" aria-pressed={each === tool} onClick={() => setTool(each)}>
            {name}
          </button>
        ))}
        <CopyButton text={command} label="Copy the command" kind="quiet">
          Copy
        </CopyButton>
      </div>
      <pre tabIndex={0} role="group" aria-label="Command">
        {command}
      </pre>
    </div>
  );
}

/** The host and port that take mail for an inbox, as far as the operator has said; else those that are usual. */
function serverOf(inbox: Place): { host: string; port: number } {
  const isDefault = inbox.id === discovery.value?.default_space;
  const smtp = isDefault ? discovery.value?.default_space_smtp : discovery.value?.smtp;
  return { host: smtp?.host || location.hostname, port: smtp?.port ?? (isDefault ? 1025 : 25) };
}
