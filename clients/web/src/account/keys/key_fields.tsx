/** The fields of an API key: label, what it may do, from where, and until when. */

import { useId } from "preact/hooks";
import { CheckField, SelectField, TextField } from "../../parts/field.tsx";
import { problemOf } from "../../parts/problems.ts";
import { SCOPES } from "./scopes.ts";
import { sitesIn } from "./sites.ts";
import { scopesProblem, sitesProblem } from "./wish.ts";
import type { KeyWish } from "./wish.ts";

interface Props {
  wish: KeyWish;
  onChange: (wish: KeyWish) => void;
  /** What the server said; its fields show what it said of them. */
  error: unknown;
  /** Whether an end can be chosen: of a new key, but not of one that is there. */
  hasEnd: boolean;
  /** Whether what is missing is said, because it was tried to send it. */
  isTried: boolean;
}

export const FIELDS = ["label", "scopes", "allowed_domains", "expires_in_days"];
const ENDS = ["7", "30", "90", "180", "365"];
const MOST_DAYS = 3650;

export function KeyFields({ wish, onChange, error, hasEnd, isTried }: Props) {
  return (
    <>
      <TextField
        label="Label"
        maxLength={200}
        value={wish.label}
        onInput={(label) => onChange({ ...wish, label })}
        hint="What uses it, such as “CI of the shop”."
        problem={problemOf(error, "label")}
        autofocus
      />
      <Scopes
        wish={wish}
        onChange={onChange}
        problem={(isTried && scopesProblem(wish)) || problemOf(error, "scopes")}
      />
      <Sites
        wish={wish}
        onChange={onChange}
        problem={(isTried && sitesProblem(wish)) || problemOf(error, "allowed_domains")}
      />
      {hasEnd && <End wish={wish} onChange={onChange} problem={problemOf(error, "expires_in_days")} />}
    </>
  );
}

type Part = Pick<Props, "wish" | "onChange"> & { problem: string };

function Scopes({ wish, onChange, problem }: Part) {
  const [name, note] = [useId(), useId()];
  const choose = (scope: string, isOn: boolean): void =>
    onChange({ ...wish, scopes: isOn ? [...wish.scopes, scope] : wish.scopes.filter((each) => each !== scope) });
  return (
    <fieldset aria-describedby={note}>
      <legend>What it may do</legend>
      <Radio
        name={name}
        isOn={wish.isUnlimited}
        onChoose={() => onChange({ ...wish, isUnlimited: true })}
        text="Everything, also making keys and changing the account"
      />
      <Radio
        name={name}
        isOn={!wish.isUnlimited}
        onChoose={() => onChange({ ...wish, isUnlimited: false })}
        text="Only what is chosen here"
      />
      {!wish.isUnlimited && (
        <div class="scopes">
          {SCOPES.map(([scope, words]) => (
            <CheckField
              key={scope}
              label={
                <>
                  {words} <code>{scope}</code>
                </>
              }
              isOn={wish.scopes.includes(scope)}
              onChange={(isOn) => choose(scope, isOn)}
            />
          ))}
          <p class="hint">
            Making and changing webhooks, and changing an inbox or a message, takes both of the first two. A key with
            chosen scopes makes no key, joins no team, changes no password, and sets no account webhook.
          </p>
        </div>
      )}
      <p class="problem" id={note} role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </fieldset>
  );
}

function Radio({ name, isOn, onChoose, text }: { name: string; isOn: boolean; onChoose: () => void; text: string }) {
  return (
    <label class="check">
      <input type="radio" name={name} checked={isOn} onChange={onChoose} />
      <span>{text}</span>
    </label>
  );
}

function Sites({ wish, onChange, problem }: Part) {
  const id = useId();
  const sites = sitesIn(wish.sites);
  return (
    <div class="field">
      <label for={id}>Allowed domains, one a line</label>
      <textarea
        id={id}
        rows={3}
        spellcheck={false}
        value={wish.sites}
        aria-describedby={`${id}-hint ${id}-problem`}
        aria-invalid={problem !== "" || sites.some((site) => site.meaning === undefined)}
        onInput={(event) => onChange({ ...wish, sites: event.currentTarget.value })}
      />
      <div class="hint" id={`${id}-hint`}>
        {sites.length === 0 ? (
          <p>
            Empty: the key can be used from anywhere. <code>example.com</code>, <code>*.example.com</code> or{" "}
            <code>localhost:3000</code>: only from pages of these hosts. A program that is no browser comes from the
            host name by which it calls Mayfly (<code>{location.host}</code>). For use in this page, add that name.
          </p>
        ) : (
          <ul>
            {sites.map((site) => (
              <li key={site.entry} class={site.meaning === undefined ? "problem" : undefined}>
                <bdi>
                  <code>{site.entry}</code>
                </bdi>
                : {site.meaning ?? "no domain; write it without https:// and without a path"}
              </li>
            ))}
          </ul>
        )}
      </div>
      <p class="problem" id={`${id}-problem`} role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </div>
  );
}

function End({ wish, onChange, problem }: Part) {
  const isOther = wish.days !== "" && !ENDS.includes(wish.days);
  return (
    <>
      <SelectField
        label="Expires"
        value={isOther ? "other" : wish.days}
        onChange={(days) => onChange({ ...wish, days: days === "other" ? "14" : days })}
        options={[...ENDS.map((days) => [days, `in ${days} days`] as const), ["other", "in …"], ["", "never"]]}
        problem={isOther ? "" : problem}
      />
      {isOther && (
        <TextField
          label="Days until it expires"
          type="number"
          min={1}
          max={MOST_DAYS}
          required
          value={wish.days}
          onInput={(days) => onChange({ ...wish, days })}
          problem={problem}
        />
      )}
    </>
  );
}
