/** One API key in the list. */

import type { models } from "@mayfly-mail/client";
import { Button } from "../../parts/button.tsx";
import { now, When } from "../../parts/time.tsx";
import { isUnlimited } from "./scopes.ts";
import { stateOf } from "./state.ts";

interface Props {
  of: models.ApiKeyData;
  /** Whether this page uses it. */
  isOwn: boolean;
  /** Labels of the restricted keys that it descends from. */
  makers: readonly string[];
  onLike: () => void;
  onChange: () => void;
  onRevoke: () => void;
}

const WORDS = { active: "works", expired: "expired", revoked: "revoked" };

export function KeyItem({ of: key, isOwn, makers, onLike, onChange, onRevoke }: Props) {
  const state = stateOf(key, now.value);
  return (
    <li class="account-card" aria-label={key.label}>
      <h2>
        <bdi>{key.label}</bdi> <span class={`state-chip ${state}`}>{WORDS[state]}</span>
        {isOwn && <span class="state-chip own">this page uses it</span>}
      </h2>
      <dl class="facts">
        <dt>Begins with</dt>
        <dd>
          <code>mfy_{key.key_prefix}_…</code>
        </dd>
        <dt>May do</dt>
        <dd>{isUnlimited(key.scopes) ? "everything" : <Codes texts={key.scopes} />}</dd>
        <dt>Usable from</dt>
        <dd>{key.allowed_domains.length === 0 ? "anywhere" : <Codes texts={key.allowed_domains} />}</dd>
        <dt>Created</dt>
        <dd>
          <When at={key.created_at} />
        </dd>
        <dt>Last used</dt>
        <dd>{key.last_used_at === null ? "never" : <When at={key.last_used_at} />}</dd>
        <dt>Expires</dt>
        <dd>{key.expires_at === null ? "never" : <When at={key.expires_at} />}</dd>
        {makers.length > 0 && (
          <>
            <dt>Ends with</dt>
            <dd>
              <bdi>{makers.join(", ")}</bdi>, by which it was made
            </dd>
          </>
        )}
      </dl>
      <div class="actions">
        {state === "active" && (
          <Button onClick={onChange} aria-label={`Change ${key.label}`}>
            Change
          </Button>
        )}
        <Button onClick={onLike} aria-label={`Create one like it: ${key.label}`}>
          Create one like it
        </Button>
        {state === "active" && (
          <Button kind="danger" onClick={onRevoke} aria-label={`Revoke ${key.label}`}>
            Revoke
          </Button>
        )}
      </div>
    </li>
  );
}

function Codes({ texts }: { texts: readonly string[] }) {
  return (
    <>
      {texts.map((text, index) => (
        <span key={text}>
          {index > 0 && ", "}
          <bdi>
            <code>{text}</code>
          </bdi>
        </span>
      ))}
    </>
  );
}
