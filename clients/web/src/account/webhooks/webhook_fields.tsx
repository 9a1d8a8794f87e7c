/** The fields of a webhook that can be changed too: URL, description, events. */

import { useId } from "preact/hooks";
import { CheckField, TextField } from "../../parts/field.tsx";
import { problemOf } from "../../parts/problems.ts";
import { eventsOf } from "./formats.ts";
import type { Event } from "./formats.ts";

export interface WebhookWish {
  readonly url: string;
  readonly description: string;
  /** Empty: all that the format has. */
  readonly events: readonly Event[];
}

export const FIELDS = ["url", "description", "events"];

interface Props {
  wish: WebhookWish;
  format: string;
  onChange: (wish: WebhookWish) => void;
  error: unknown;
}

export function WebhookFields({ wish, format, onChange, error }: Props) {
  return (
    <>
      <TextField
        label="URL"
        type="url"
        required
        maxLength={2048}
        placeholder="https://your-app.example/mail-hook"
        value={wish.url}
        onInput={(url) => onChange({ ...wish, url })}
        problem={problemOf(error, "url")}
        hint="https at a public host. The operator opens others with MAYFLY_WEBHOOK_ALLOW_CIDRS, such as 127.0.0.0/8 for programs on the machine of the server."
        autofocus
      />
      <TextField
        label="Description"
        maxLength={200}
        value={wish.description}
        onInput={(description) => onChange({ ...wish, description })}
        problem={problemOf(error, "description")}
      />
      <Events wish={wish} format={format} onChange={onChange} problem={problemOf(error, "events")} />
    </>
  );
}

function Events({ wish, format, onChange, problem }: Omit<Props, "error"> & { problem: string }) {
  const note = useId();
  const known = eventsOf(format);
  const all = known.map(([event]) => event);
  const isOn = (event: Event): boolean => wish.events.length === 0 || wish.events.includes(event);
  const choose = (event: Event, on: boolean): void => {
    const chosen = all.filter((each) => (each === event ? on : isOn(each)));
    // Nothing chosen would mean everything, so the last one stays.
    if (chosen.length > 0) onChange({ ...wish, events: chosen.length === all.length ? [] : chosen });
  };
  return (
    <fieldset aria-describedby={note}>
      <legend>Events</legend>
      {known.map(([event, words]) => (
        <CheckField
          key={event}
          label={
            <>
              {words} <code>{event}</code>
            </>
          }
          isOn={isOn(event)}
          onChange={(on) => choose(event, on)}
        />
      ))}
      {known.length === 1 && <p class="hint">This format has no other event.</p>}
      <p class="problem" id={note} role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </fieldset>
  );
}
