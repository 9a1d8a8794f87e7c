/** Whether a webhook is on, in a word. */

import type { models } from "@mayfly-mail/client";

export function StateChip({ of: webhook }: { of: models.WebhookData }) {
  if (!webhook.enabled) return <span class="state-chip revoked">off</span>;
  return webhook.failing_since ? (
    <span class="state-chip expired">failing</span>
  ) : (
    <span class="state-chip active">on</span>
  );
}
