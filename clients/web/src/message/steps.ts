/** The steps of a message's way in words. Pure. */

import type { models } from "@mayfly-mail/client";

type Step = models.TimelineStep;

export interface Told {
  readonly title: string;
  readonly detail: string;
  readonly grade: "good" | "bad" | "open";
}

/** Say what a step was. */
export function told(step: Step): Told {
  switch (step.kind) {
    case "accepted":
      return { title: "Accepted", detail: acceptance(step), grade: "good" };
    case "stored":
      return { title: "Stored", detail: "Taken apart and kept.", grade: "good" };
    case "visible":
      return { title: "Visible", detail: "In lists and by its id.", grade: "good" };
    case "announced":
      return { title: "Announced", detail: announcement(step), grade: "good" };
    case "webhook_attempt":
      return attempt(step);
    case "webhook_pending":
      return {
        title: "Webhook is due",
        detail: `Attempt ${step.attempt ?? "?"}${where(step)} is made then.`,
        grade: "open",
      };
    default:
      return { title: step.kind.replaceAll("_", " "), detail: "", grade: "open" };
  }
}

/** Say how far a moment is from the one before: "+12 ms". Nothing for less than a millisecond. */
export function since(before: string | undefined, at: string): string {
  const distance = before === undefined ? 0 : Date.parse(at) - Date.parse(before);
  if (!(distance >= 1)) return "";
  if (distance < 1_000) return `+${Math.round(distance)} ms`;
  if (distance < 60_000) return `+${(distance / 1_000).toFixed(1)} s`;
  return `+${Math.floor(distance / 60_000)} min ${Math.round((distance % 60_000) / 1_000)} s`;
}

function acceptance({ source, peer }: Step): string {
  const by =
    source === undefined || source === "smtp" ? "Received whole by SMTP" : `Put in by a call of the API (${source})`;
  return peer ? `${by}, from ${peer}.` : `${by}.`;
}

function announcement({ sequence }: Step): string {
  const place = sequence === undefined ? "" : `, at cursor ${sequence}`;
  return `Told to streams and waits${place}.`;
}

function attempt(step: Step): Told {
  const isDelivered = step.is_delivered ?? (step.status ?? 0) < 300;
  const answer = step.status ? `answered ${step.status}` : "no answer";
  const took = step.duration_ms === undefined ? "" : ` in ${Math.round(step.duration_ms)} ms`;
  const error = step.error && step.error !== answer ? `: ${step.error}` : "";
  return {
    title: isDelivered ? "Webhook delivered" : "Webhook failed",
    detail: `Attempt ${step.attempt ?? "?"}${where(step)}: ${answer}${took}${error}`,
    grade: isDelivered ? "good" : "bad",
  };
}

function where({ url }: Step): string {
  return url ? ` at ${url}` : "";
}
