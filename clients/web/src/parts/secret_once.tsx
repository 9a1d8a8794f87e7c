/** Secrets that the server shows once: to copy, to save as a file, and to put away when that is done. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";
import { askBeforeLeaving } from "../shell/router.ts";
import { focusHeading } from "../shell/screen.tsx";
import { CopyButton } from "./copy.tsx";
import { saveAs } from "./downloads.ts";

interface SecretProps {
  /** What the secret is, for buttons: "key", "secret", "code". */
  what: string;
  secret: string;
  /** Under which name it is saved. */
  filename: string;
}

interface Props extends SecretProps {
  /** What was made, such as "API key “ci”". */
  title: string;
  /** What it is for and what to know about it. */
  children?: ComponentChildren;
  onDone: () => void;
}

export function SecretOnce({ title, what, secret, filename, children, onDone }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [secret]);
  return (
    <section class="notice success once" aria-label={title}>
      <div>
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p>
          <strong>This {what} is shown only now.</strong> Keep it where secrets are kept; nobody can show it again.
        </p>
        <Secret what={what} secret={secret} filename={filename} />
        {children}
        <p>
          <Button
            icon="check"
            onClick={() => {
              focusHeading();
              onDone();
            }}
          >
            I have stored it
          </Button>
        </p>
      </div>
    </section>
  );
}

/** The secret itself, with the ways to take it along. */
export function Secret({ what, secret, filename }: SecretProps) {
  useEffect(() => askBeforeLeaving(`The ${what} is shown only now. Leave without having stored it?`), [what]);
  return (
    <div class="secret-once">
      <code>{secret}</code>
      <CopyButton text={secret} label={`Copy ${what}`} kind="primary" />
      <Button icon="download" onClick={() => saveAs(filename, new Blob([secret, "\n"], { type: "text/plain" }))}>
        Download
      </Button>
    </div>
  );
}
