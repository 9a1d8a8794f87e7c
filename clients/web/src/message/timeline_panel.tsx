/** The way of a mail through the server: accepted, stored, visible, announced, and each attempt of a webhook. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { getTimeline, redeliver } from "@mayfly-mail/client/operations";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { useDue, useLoaded } from "../parts/loaded.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { exactly } from "../parts/time.tsx";
import { announce } from "../shell/announcer.tsx";
import { since, told } from "./steps.ts";

const ICONS = { good: "check", bad: "warning", open: "clock" } as const;
const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});
/** So long an attempt takes mostly. */
const SOON = 1_500;

export function TimelinePanel({ id, client }: { id: string; client: Mayfly }) {
  const timeline = useLoaded(async (signal) => await client.call(getTimeline(id), { signal }), [id, client]);
  const steps = timeline.data.value?.steps;
  useDue(steps?.findLast((step) => step.kind === "webhook_pending")?.at, timeline.reload);
  if (steps === undefined) {
    if (timeline.isLoading.value) return <Loading what="the timeline" />;
    return <Failed error={timeline.error.value} onRetry={() => void timeline.reload()} />;
  }
  const last = new Map(steps.flatMap((step) => (step.delivery_id ? [[step.delivery_id, step]] : [])));
  const canRepeat = (step: Step): boolean =>
    step.kind === "webhook_attempt" && step.delivery_status !== "pending" && last.get(step.delivery_id ?? "") === step;
  return (
    <>
      <div class="panel-tools">
        <Button icon="refresh" isBusy={timeline.isLoading.value} onClick={() => void timeline.reload()}>
          Look again
        </Button>
      </div>
      {timeline.error.value !== undefined && <Failed error={timeline.error.value} />}
      <ol class="timeline">
        {steps.map((step, index) => (
          <Row
            key={`${step.kind} ${step.at} ${step.delivery_id ?? ""} ${step.attempt ?? ""}`}
            step={step}
            before={steps[index - 1]?.at}
            // One button for each delivery, where it ends.
            canRepeat={canRepeat(step)}
            client={client}
            onRepeated={() => setTimeout(() => void timeline.reload(), SOON)}
          />
        ))}
      </ol>
      {last.size === 0 && <p class="hint">No webhook was called for this mail.</p>}
    </>
  );
}

type Step = models.TimelineStep;

interface RowProps {
  step: Step;
  before: string | undefined;
  canRepeat: boolean;
  client: Mayfly;
  onRepeated: () => void;
}

function Row({ step, before, canRepeat, client, onRepeated }: RowProps) {
  const { title, detail, grade } = told(step);
  const again = useAction(async () => {
    await client.call(redeliver(step.delivery_id ?? ""));
    announce("The webhook is called again");
    onRepeated();
  });
  return (
    <li class={grade}>
      <Icon name={ICONS[grade]} size={18} />
      <div>
        <p>
          <strong>{title}</strong>{" "}
          <time dateTime={step.at} title={exactly(step.at)}>
            {clock.format(new Date(step.at))}
          </time>{" "}
          <span class="hint">{since(before, step.at)}</span>
        </p>
        {detail && (
          <p>
            <bdi>{detail}</bdi>
          </p>
        )}
        {step.answer && (
          <details>
            <summary>What it answered</summary>
            <pre class="answer">{step.answer}</pre>
          </details>
        )}
        {canRepeat && (
          <Button icon="refresh" isBusy={again.isBusy.value} onClick={() => void again.run()}>
            Redeliver
          </Button>
        )}
        {again.error.value !== undefined && <Failed error={again.error.value} />}
      </div>
    </li>
  );
}
