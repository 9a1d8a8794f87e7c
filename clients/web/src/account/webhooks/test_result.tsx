/** What became of a test event: looked up a few times until its first attempt is over. */

import { NotFound } from "@mayfly-mail/client";
import type { models } from "@mayfly-mail/client";
import { useEffect } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useLoaded } from "../../parts/loaded.ts";
import { Button } from "../../parts/button.tsx";
import { Loading, Note } from "../../parts/notice.tsx";
import { Trouble } from "../reading.tsx";
import { Attempts } from "./attempts.tsx";

/** Pauses before each look, in milliseconds: each look is a call of the plan, and an attempt lasts 15 seconds at most. */
const PAUSES = [600, 1_500, 4_000, 10_000];

export function TestResult({ id, onEnd }: { id: string; onEnd: () => void }) {
  const result = useLoaded((signal) => firstAttempt(id, signal), [id]);
  const delivery = result.data.value;
  useEffect(() => {
    if (delivery) onEnd();
  }, [delivery]);
  if (result.error.value !== undefined)
    return <Trouble error={result.error.value} onRetry={() => void result.reload()} />;
  if (delivery === undefined) return <Loading what="what your program answers to the test" />;
  const isDelivered = delivery.status === "delivered";
  return (
    <div role="status">
      <Note kind={isDelivered ? "success" : "warning"}>
        <p>
          <strong>{isDelivered ? "The test was delivered." : "The test was not delivered so far."}</strong>
        </p>
        <Attempts of={delivery} />
        {delivery.status === "pending" && (
          <p>
            <Button icon="refresh" onClick={() => void result.reload()}>
              Look again
            </Button>
          </p>
        )}
      </Note>
    </div>
  );
}

async function firstAttempt(id: string, signal: AbortSignal): Promise<models.DeliveryDetail> {
  let found: models.DeliveryDetail | undefined;
  let last: unknown;
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
    try {
      found = await account.value.webhooks.delivery(id, { signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error; // not found: the dispatcher has not begun
      last = error;
    }
    if (found && found.attempt_count > 0) return found;
  }
  if (found) return found;
  throw last;
}
