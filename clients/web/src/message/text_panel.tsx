/** The text of a mail, or what its HTML hides. */

import { signal } from "@preact/signals";
import { CheckField } from "../parts/field.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Note } from "../parts/notice.tsx";
import { LongText } from "./long_text.tsx";
import type { Range } from "./spans.ts";

/** Whether long lines are broken: of every message, until the page is left. */
export const isWrapped = signal(true);

export function TextPanel({ text, mark }: { text: string; mark?: Range | undefined }) {
  if (text === "") return <p class="hint">This mail has no text.</p>;
  return (
    <>
      <TextTools text={text} label="Copy text" />
      <LongText text={text} label="Text of the mail" isWrapped={isWrapped.value} mark={mark} />
    </>
  );
}

export function HiddenPanel({ text }: { text: string }) {
  return (
    <>
      <Note>
        <p>
          The HTML has this text, and hides it from readers: as a preview line in lists of mail, or to mislead filters.
        </p>
      </Note>
      <TextTools text={text} label="Copy hidden text" />
      <LongText text={text} label="Hidden text" isWrapped={isWrapped.value} />
    </>
  );
}

/** The switch for long lines, and the button that copies. */
export function TextTools({ text, label }: { text: string; label: string }) {
  return (
    <div class="panel-tools">
      <CheckField label="Wrap long lines" isOn={isWrapped.value} onChange={(isOn) => (isWrapped.value = isOn)} />
      <CopyButton text={text} label={label} />
    </div>
  );
}
