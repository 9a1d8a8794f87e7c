/** The attempts of a delivery, each with what came of it. */

import type { models } from "@mayfly-mail/client";
import { When } from "../../parts/time.tsx";
import { took } from "./spans.ts";

export function Attempts({ of: delivery }: { of: models.DeliveryDetail }) {
  if (delivery.attempts.length === 0) return <p>No attempt has been made yet.</p>;
  return (
    <ol class="attempts">
      {delivery.attempts.map((attempt) => (
        <li key={`${attempt.number} ${attempt.at}`}>
          <p>
            <strong>{attempt.status ? `Answer ${attempt.status}` : "No answer"}</strong> after {took(attempt.duration)},{" "}
            <When at={attempt.at} />
            {attempt.error && (
              <>
                : <bdi>{attempt.error}</bdi>
              </>
            )}
          </p>
          {attempt.answer && <pre tabIndex={0}>{attempt.answer}</pre>}
        </li>
      ))}
    </ol>
  );
}
