/** Dialogs of API keys: to make one, and to change one that is there. */

import type { models } from "@mayfly-mail/client";
import { changeKey, createKey } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { beyond } from "../../parts/problems.ts";
import { Trouble } from "../reading.tsx";
import { FIELDS, KeyFields } from "./key_fields.tsx";
import { scopesProblem, sentOf, sitesProblem, wishLike } from "./wish.ts";
import type { KeyWish } from "./wish.ts";

interface NewKeyProps {
  /** What the form begins with. */
  like: KeyWish;
  onMade: (key: models.NewKey) => void;
  onClose: () => void;
}

export function NewKey({ like, onMade, onClose }: NewKeyProps) {
  const send = async (wish: KeyWish): Promise<void> => {
    const days = wish.days === "" ? null : Number(wish.days);
    onMade(await account.value.call(createKey({ ...sentOf(wish), expires_in_days: days })));
  };
  return (
    <KeyDialog title="Create an API key" does="Create the key" begin={like} hasEnd send={send} onClose={onClose} />
  );
}

interface ChangeProps {
  of: models.ApiKeyData;
  onChanged: (key: models.ApiKeyData) => void;
  onClose: () => void;
}

export function ChangeKey({ of, onChanged, onClose }: ChangeProps) {
  const send = async (wish: KeyWish): Promise<void> => {
    onChanged(await account.value.call(changeKey(of.id, sentOf(wish))));
  };
  return (
    <KeyDialog
      title={`Change the key “${of.label}”`}
      does="Save"
      begin={wishLike(of)}
      hasEnd={false}
      send={send}
      onClose={onClose}
    />
  );
}

interface DialogProps {
  title: string;
  does: string;
  begin: KeyWish;
  hasEnd: boolean;
  send: (wish: KeyWish) => Promise<void>;
  onClose: () => void;
}

function KeyDialog({ title, does, begin, hasEnd, send, onClose }: DialogProps) {
  const [wish, setWish] = useState(begin);
  const [isTried, setTried] = useState(false);
  const sending = useAction(async () => await send(wish));
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (!scopesProblem(wish) && !sitesProblem(wish)) void sending.run();
  };
  const error = beyond(sending.error.value, FIELDS);
  return (
    <Dialog title={title} onClose={onClose} isWide>
      <form onSubmit={submit}>
        <KeyFields wish={wish} onChange={setWish} error={sending.error.value} hasEnd={hasEnd} isTried={isTried} />
        {error !== undefined && <Trouble error={error} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={sending.isBusy.value}>
            {does}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
