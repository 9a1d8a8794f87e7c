/** Said above the list of an inbox that has ended, with what one can do about it. */

import { isSignedIn } from "../access/server.ts";
import { reactivateInbox } from "@mayfly-mail/client/operations";
import { Gone, NotFound } from "@mayfly-mail/client";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Link } from "../parts/link.tsx";
import { Failed } from "../parts/notice.tsx";
import { go } from "../shell/router.ts";
import type { Desk } from "./desk.ts";

/** Whether the server knows no such inbox, or none that these credentials may read. */
export function isUnknown({ mailbox: { state, error } }: Desk): boolean {
  return state.value === "failed" && (error.value instanceof NotFound || error.value instanceof Gone);
}

export function Ended({ desk }: { desk: Desk }) {
  const { state, ending } = desk.mailbox;
  const reactivate = useAction(async (address: string) => {
    const made = await desk.client.call(reactivateInbox(address));
    go({ screen: "inbox", inbox: made.id }, { replaces: true });
  });
  const isMissing = isUnknown(desk);
  if (state.value !== "ended" && !isMissing) return null;
  const address = desk.source.inbox.value?.address ?? (desk.inbox?.includes("@") ? desk.inbox : undefined);
  return (
    <div class="notice warning mail-notice" role="alert">
      <div>
        <p>
          <strong>
            {isMissing ? "There is no such inbox for you." : (ENDINGS[ending.value] ?? "This inbox has ended.")}
          </strong>{" "}
          {isMissing
            ? "It has expired, was deleted, belongs to somebody else, or the key in the link is wrong."
            : "It takes no mail any more, and its messages are deleted."}
        </p>
        <div class="actions">
          {isSignedIn.value && address !== undefined && ending.value !== "deleted" && (
            <Button icon="refresh" isBusy={reactivate.isBusy.value} onClick={() => void reactivate.run(address)}>
              Reactivate it
            </Button>
          )}
          <Link to={{ screen: "start" }} class="button">
            All inboxes
          </Link>
          {!isSignedIn.value && (
            <Link to={{ screen: "sign-in" }} class="button">
              Sign in
            </Link>
          )}
        </div>
        {reactivate.error.value !== undefined && <Failed error={reactivate.error.value} />}
      </div>
    </div>
  );
}

const ENDINGS: Readonly<Record<string, string>> = {
  expired: "This inbox has expired.",
  deleted: "This inbox was deleted.",
};
