/** The API keys of the account: made, changed, revoked. */

import type { models } from "@mayfly-mail/client";
import { listKeys, revokeKey } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { forgetKey } from "../../access/credentials.ts";
import { account } from "../../access/server.ts";
import { Button } from "../../parts/button.tsx";
import { confirmed } from "../../parts/dialog.tsx";
import { CheckField } from "../../parts/field.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { Empty } from "../../parts/notice.tsx";
import { SecretOnce } from "../../parts/secret_once.tsx";
import { now } from "../../parts/time.tsx";
import { announce } from "../../shell/announcer.tsx";
import { go } from "../../shell/router.ts";
import { focusHeading } from "../../shell/screen.tsx";
import { useAction } from "../../parts/action.ts";
import { Reading, Trouble } from "../reading.tsx";
import { ChangeKey, NewKey } from "./key_dialogs.tsx";
import { KeyItem } from "./key_item.tsx";
import { RevokeAll } from "./revoke_all.tsx";
import { isUsable, revoked } from "./state.ts";
import { NO_WISH, wishLike } from "./wish.ts";
import type { KeyWish } from "./wish.ts";

export function Keys() {
  const keys = useLoaded((signal) => account.value.call(listKeys(), { signal }), [account.value]);
  const [wish, setWish] = useState<KeyWish | undefined>();
  const [made, setMade] = useState<models.NewKey | undefined>();
  return (
    <>
      <div class="section-head">
        <p>
          Programs use them as <code>Authorization: Bearer</code> or <code>X-API-Key</code>.
        </p>
        <Button kind="primary" icon="plus" onClick={() => setWish(NO_WISH)}>
          Create a key
        </Button>
      </div>
      {made && (
        <SecretOnce
          title={`The new key “${made.label}”`}
          what="key"
          secret={made.plaintext}
          filename="mayfly-api-key.txt"
          onDone={() => setMade(undefined)}
        />
      )}
      <Reading of={keys} what="your keys">
        {(list) => <KeyList keys={list} set={keys.set} onLike={(key) => setWish(wishLike(key))} />}
      </Reading>
      {wish && (
        <NewKey
          like={wish}
          onClose={() => setWish(undefined)}
          onMade={(key) => {
            setWish(undefined);
            setMade(key);
            void keys.reload();
          }}
        />
      )}
    </>
  );
}

interface ListProps {
  keys: readonly models.ApiKeyData[];
  set: (keys: models.ApiKeyData[]) => void;
  /** Asked to make another key like this one. */
  onLike: (key: models.ApiKeyData) => void;
}

function KeyList({ keys, set, onLike }: ListProps) {
  const [showsEnded, setShowsEnded] = useState(false);
  const [changed, setChanged] = useState<models.ApiKeyData | undefined>();
  const usable = keys.filter((key) => isUsable(key, now.value));
  const revoking = useAction(async (key: models.ApiKeyData) => {
    if (!(await confirmed(`Revoke “${key.label}”?`, questionOf(key.is_current), "Revoke the key"))) return;
    await account.value.call(revokeKey(key.id));
    announce("Revoked");
    focusHeading();
    if (key.is_current) leave();
    else set(revoked(keys, key.id));
  });
  const shown = showsEnded ? keys : usable;
  return (
    <>
      {revoking.error.value !== undefined && <Trouble error={revoking.error.value} />}
      {usable.length === 0 && (
        <Empty title="No key works at present">
          <p>Create one for each program that uses Mayfly, so that each can be revoked by itself.</p>
        </Empty>
      )}
      <ul class="account-cards">
        {shown.map((key) => (
          <KeyItem
            key={key.id}
            of={key}
            isOwn={key.is_current}
            makers={key.made_by.map((id) => keys.find((each) => each.id === id)?.label ?? id)}
            onLike={() => onLike(key)}
            onChange={() => setChanged(key)}
            onRevoke={() => void revoking.run(key)}
          />
        ))}
      </ul>
      {keys.length > usable.length && (
        <CheckField
          label={`Show ${keys.length - usable.length} revoked and expired ones`}
          isOn={showsEnded}
          onChange={setShowsEnded}
        />
      )}
      {usable.length > 1 && (
        <RevokeAll count={usable.length} usesKey={keys.some((key) => key.is_current)} onRevoked={set} />
      )}
      {changed && (
        <ChangeKey
          of={changed}
          onClose={() => setChanged(undefined)}
          onChanged={(key) => {
            setChanged(undefined);
            set(keys.map((each) => (each.id === key.id ? key : each)));
            announce("Saved");
          }}
        />
      )}
    </>
  );
}

function questionOf(isOwn: boolean): string {
  const own = isOwn ? "This page uses this key: you will be signed out. " : "";
  return `${own}What uses it stops working at once, on every server; so do keys that it made, if it is restricted. This cannot be undone.`;
}

function leave(): void {
  forgetKey();
  go({ screen: "start" });
}
