/** The form of what is waited for. */

import { Button } from "../parts/button.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Segments } from "../parts/segments.tsx";
import { LONGEST_SECONDS, secondsOf } from "./wish.ts";
import type { Either, Kind, Wish } from "./wish.ts";

const KINDS: readonly (readonly [Kind, string])[] = [
  ["code", "A code"],
  ["link", "A link"],
  ["message", "Any mail"],
  ["none", "No mail"],
];
const TEXTS = [
  ["from", "From", "the sender's address or name"],
  ["to", "To", "a recipient, with its tag"],
  ["subject", "Subject", ""],
  ["body", "Text", "the text or the HTML"],
] as const;
const LONGEST_PATTERN = 512;

interface Props {
  wish: Wish;
  onChange: (wish: Wish) => void;
  isRunning: boolean;
  canStart: boolean;
  onStart: () => void;
  onCancel: () => void;
}

export function WishForm({ wish, onChange, isRunning, canStart, onStart, onCancel }: Props) {
  const change = (part: Partial<Wish>): void => onChange({ ...wish, ...part });
  const isWrong = secondsOf(wish) === undefined;
  const cancel = (event: Event): void => {
    // By the time the browser acts on the click the button submits again.
    event.preventDefault();
    onCancel();
  };
  return (
    <form
      class="wish"
      aria-label="What to wait for"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning) onStart();
      }}
    >
      <Segments label="Wait for" value={wish.kind} onChange={(kind) => change({ kind })} options={KINDS} />
      {wish.kind === "link" && (
        <TextField
          label="The link has"
          hint="part of its URL; empty: any link, if the mail has one only"
          value={wish.link}
          maxLength={LONGEST_PATTERN}
          onInput={(link) => change({ link })}
        />
      )}
      {TEXTS.map(([name, label, hint]) => (
        <TextField
          key={name}
          label={label}
          hint={hint || undefined}
          value={wish[name]}
          maxLength={LONGEST_PATTERN}
          spellcheck={false}
          onInput={(text) => change({ [name]: text })}
        />
      ))}
      <p class="hint">
        Each text may stand anywhere, in any case. After <code>re:</code> it is a regular expression (RE2).
      </p>
      {wish.kind !== "code" && (
        <Question label="Code" value={wish.hasCode} onChange={(hasCode) => change({ hasCode })} />
      )}
      {wish.kind !== "link" && (
        <Question label="Link" value={wish.hasLink} onChange={(hasLink) => change({ hasLink })} />
      )}
      <SelectField
        label="Which mail counts"
        value={wish.since}
        onChange={(since) => change({ since: since === "beginning" ? "beginning" : "now" })}
        options={[
          ["now", "Mail that comes from now on"],
          ["beginning", "All mail, also what is there already (the newest first)"],
        ]}
      />
      <TextField
        label={wish.kind === "none" ? "Watch for seconds" : "Wait at most seconds"}
        value={wish.timeout}
        inputMode="numeric"
        maxLength={9}
        problem={isWrong ? `Write a number from 0 to ${LONGEST_SECONDS}.` : ""}
        onInput={(timeout) => change({ timeout })}
      />
      <div class="actions">
        {/* One button, so that the focus stays where it is. */}
        <Button
          type={isRunning ? "button" : "submit"}
          kind="primary"
          icon={isRunning ? "close" : "clock"}
          disabled={!isRunning && (isWrong || !canStart)}
          onClick={isRunning ? cancel : undefined}
        >
          {isRunning ? "Cancel" : "Wait"}
        </Button>
      </div>
    </form>
  );
}

function Question({ label, value, onChange }: { label: string; value: Either; onChange: (value: Either) => void }) {
  return (
    <SelectField
      label={label}
      value={value}
      onChange={(chosen) => onChange(chosen as Either)}
      options={[
        ["", `With or without a ${label.toLowerCase()}`],
        ["true", `With a ${label.toLowerCase()}`],
        ["false", `Without a ${label.toLowerCase()}`],
      ]}
    />
  );
}
