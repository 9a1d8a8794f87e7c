/** What is used of the plan: calls of thirty days, inboxes, octets, and all its limits. */

import type { models } from "@mayfly-mail/client";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { account } from "../../access/server.ts";
import { BarChart } from "../../parts/bar_chart.tsx";
import { barsOf } from "../../parts/days.ts";
import { useLoaded } from "../../parts/loaded.ts";
import { sizeOf } from "../../parts/sizes.ts";
import { Reading } from "../reading.tsx";
import { limit, span } from "./figures.ts";

export function Usage() {
  const usage = useLoaded((signal) => account.value.usage({ signal }), [account.value]);
  return (
    <Reading of={usage} what="your usage">
      {(data) => (
        <>
          <p>
            Your plan is <strong>{data.plan}</strong>. In a team, these are the figures of the whole team. Days are
            those of UTC.
          </p>
          <div class="meters">
            <Meter name="Calls today" used={data.calls_today} most={data.limits.calls_per_day} />
            <Meter name="Inboxes created today" used={data.created_today} most={data.limits.creations_per_day} />
            <Meter name="Active inboxes" used={data.active_inboxes} most={data.limits.active_inboxes} />
            <Meter name="Archived inboxes" used={data.archived_inboxes} most={data.limits.archived_inboxes} />
            <Meter name="Spaces" used={data.spaces} most={data.limits.spaces} />
            <Meter name="Mail that is kept" used={data.octets} most={data.limits.octets} shown={sizeOf} />
          </div>
          <BarChart
            caption="Calls of the last 30 days"
            bars={barsOf(data.days, Date.now())}
            names={["Day", "Calls", "Refused by a limit"]}
          />
          <Limits of={data.limits} />
        </>
      )}
    </Reading>
  );
}

interface MeterProps {
  name: string;
  used: number;
  most: number | null;
  shown?: (number: number) => string;
}

function Meter({ name, used, most, shown = limit }: MeterProps) {
  const id = useId();
  return (
    <div class="meter">
      <span id={id}>{name}</span>
      <strong>
        {shown(used)} {most === null ? "" : `of ${shown(most)}`}
      </strong>
      {most !== null && (
        <meter aria-labelledby={id} min={0} max={Math.max(most, 1)} high={most * 0.9} optimum={0} value={used} />
      )}
    </div>
  );
}

function Limits({ of: limits }: { of: models.LimitsData }) {
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">Limits of the plan</h2>
      <dl class="facts">
        <Limit name="Calls a minute">
          {limit(limits.requests_per_minute)}, {limit(limits.burst)} at once
        </Limit>
        <Limit name="Calls a day">{limit(limits.calls_per_day)}</Limit>
        <Limit name="Active inboxes">{limit(limits.active_inboxes)}</Limit>
        <Limit name="Archived inboxes">{limit(limits.archived_inboxes)}</Limit>
        <Limit name="New inboxes a day">{limit(limits.creations_per_day)}</Limit>
        <Limit name="Longest life of an inbox">{span(limits.longest_ttl_seconds)}</Limit>
        <Limit name="Spaces">{limit(limits.spaces)}</Limit>
        <Limit name="Messages in a space">{limit(limits.space_messages)}</Limit>
        <Limit name="Mail in all inboxes">{limits.octets === null ? "unlimited" : sizeOf(limits.octets)}</Limit>
        <Limit name="Mail in one inbox">
          {limits.octets_per_inbox === null ? "unlimited" : sizeOf(limits.octets_per_inbox)}
        </Limit>
      </dl>
    </section>
  );
}

function Limit({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
