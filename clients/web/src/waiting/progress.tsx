/** What a wait does and how it ended: seconds, what came instead, and the code or link, big. */

import type { Message, NearMiss } from "@mayfly-mail/client";
import { useEffect } from "preact/hooks";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { Failed, Note } from "../parts/notice.tsx";
import { several } from "../parts/sizes.ts";
import { here } from "../parts/time.tsx";
import { announce } from "../shell/announcer.tsx";
import type { Outcome, Running } from "./running.ts";
import { verdicts } from "./wish.ts";
import type { Wish } from "./wish.ts";

interface Props {
  running: Running;
  inbox: string;
}

export function Progress({ running, inbox }: Props) {
  const outcome = running.outcome.value;
  const misses = running.nearMisses.value;
  const waited = Math.max(0, Math.round(((running.endedAt.value ?? here.value) - running.startedAt) / 1_000));
  useEffect(() => {
    if (outcome) announce(said(outcome));
  }, [outcome]);
  return (
    <section class="progress" aria-label="The wait" aria-busy={outcome === undefined}>
      {outcome === undefined && <Waited seconds={waited} of={running.seconds} />}
      {outcome && <Ended outcome={outcome} waited={waited} inbox={inbox} missed={misses.length} />}
      {misses.length > 0 && <NearMisses misses={misses} wish={running.wish} inbox={inbox} />}
    </section>
  );
}

function Waited({ seconds, of }: { seconds: number; of: number }) {
  return (
    <div class="waited">
      <p>
        <span class="spinner" aria-hidden="true" /> Waiting: <strong>{Math.min(seconds, of)}</strong> of {of} s
      </p>
      <progress max={of} value={Math.min(seconds, of)} aria-label="Time waited" />
    </div>
  );
}

function Ended({
  outcome,
  waited,
  inbox,
  missed,
}: {
  outcome: Outcome;
  waited: number;
  inbox: string;
  missed: number;
}) {
  switch (outcome.kind) {
    case "code":
      return (
        <Note kind="success">
          <p>The code came after {waited} s:</p>
          <CopyButton
            text={outcome.code.value}
            label={`Copy code ${outcome.code.value}`}
            kind="primary"
            class="big-code"
          >
            {outcome.code.value}
          </CopyButton>
          <Came message={outcome.message} inbox={inbox} />
        </Note>
      );
    case "link":
      return (
        <Note kind="success">
          <p>The link came after {waited} s:</p>
          <p class="big-link">
            <bdi>{outcome.link.url}</bdi>
          </p>
          <CopyButton text={outcome.link.url} label="Copy link" kind="primary" />
          <Came message={outcome.message} inbox={inbox} />
        </Note>
      );
    case "message":
      return (
        <Note kind="success">
          <p>The mail came after {waited} s.</p>
          <Came message={outcome.message} inbox={inbox} />
        </Note>
      );
    case "none":
      return (
        <Note kind="success">
          <p>
            No such mail came in {waited} s. Everything that the server accepted until then was looked at (cursor{" "}
            {outcome.proof.cursor}).
          </p>
        </Note>
      );
    case "unexpected":
      return (
        <Note kind="warning">
          <p>Mail came although none should have.</p>
          <Came message={outcome.message} inbox={inbox} />
        </Note>
      );
    case "timeout":
      return (
        <Note kind="warning">
          <p>
            <strong>Nothing that matches came in {waited} s.</strong>{" "}
            {missed === 0 ? "No other mail came either." : "What came instead, and why it does not match:"}
          </p>
        </Note>
      );
    case "cancelled":
      return <p class="hint">Cancelled after {waited} s.</p>;
    case "failed":
      return <Failed error={outcome.error} />;
  }
}

function Came({ message, inbox }: { message: Message; inbox: string }) {
  return (
    <p>
      From <bdi>{message.fromName || message.from || "nobody"}</bdi>:{" "}
      <Link to={{ screen: "inbox", inbox, message: message.id }}>
        <bdi>{message.subject || "(no subject)"}</bdi>
      </Link>
    </p>
  );
}

function NearMisses({ misses, wish, inbox }: { misses: readonly NearMiss[]; wish: Wish; inbox: string }) {
  return (
    <>
      <h2>{several(misses.length, "mail")} did not match</h2>
      <ul class="near-misses">
        {misses.map((miss) => (
          <li key={miss.id}>
            <Link to={{ screen: "inbox", inbox, message: miss.id }}>
              <bdi>{miss.subject || "(no subject)"}</bdi>
            </Link>
            <ul>
              {verdicts(wish, miss.failed).map(({ words, isMet }) => (
                <li key={words} class={isMet ? "met" : "failed"}>
                  <Icon name={isMet ? "check" : "close"} size={16} />
                  <span>
                    <bdi>{words}</bdi>: {isMet ? "yes" : "no"}
                  </span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}

function said(outcome: Outcome): string {
  switch (outcome.kind) {
    case "code":
      return `The code is ${outcome.code.value}`;
    case "link":
      return "The link came";
    case "message":
      return "The mail came";
    case "none":
      return "No such mail came";
    case "unexpected":
      return "Mail came although none should have";
    case "timeout":
      return "Nothing that matches came";
    case "cancelled":
      return "Cancelled";
    case "failed":
      return "The wait failed";
  }
}
