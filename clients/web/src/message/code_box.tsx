/** The code of a mail, big and copied with one click, and why it is the code: where it stands, how sure, what else might be. */

import type { models } from "@mayfly-mail/client";
import type { Mayfly } from "@mayfly-mail/client";
import { getOtp } from "@mayfly-mail/client/operations";
import { CopyButton } from "../parts/copy.tsx";
import { Link } from "../parts/link.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Loading, Note } from "../parts/notice.tsx";
import type { Place } from "../shell/places.ts";
import { textOf } from "./sources.ts";
import { confidence, excerpt, percent, placeIn } from "./spans.ts";

interface Props {
  message: models.MessageData;
  client: Mayfly;
  /** Where another message of the same list is shown. */
  placeOf: (id: string) => Place;
}

const SOURCES: Readonly<Record<string, string>> = {
  subject: "the subject",
  text: "the text",
  html: "what the HTML shows",
};

export function CodeBox({ message, client, placeOf }: Props) {
  const code = message.otp_detected;
  const found = message.otp_candidates.find((candidate) => candidate.code === code);
  // Asked for at once: it tells too whether a newer code replaces this one.
  const explained = useLoaded(
    async (signal) => await client.call(getOtp(message.id, { explain: true }), { signal }),
    [message.id, client],
  );
  if (code === null) return null;
  const newer = explained.data.value?.superseded_by;
  return (
    <section class="code-box" aria-label="Code">
      <div class="code-line">
        <CopyButton text={code} label={`Copy code ${code}`} kind="primary" class="big-code">
          {code}
        </CopyButton>
        {found && <Sureness candidate={found} />}
      </div>
      {newer && (
        <Note kind="warning">
          <p>
            A later mail of this sender has a newer code, which probably replaces this one.{" "}
            <Link to={placeOf(newer)}>Show the newer mail</Link>
          </p>
        </Note>
      )}
      {found && <Proof message={message} candidate={found} />}
      <details class="why">
        <summary>Why this code?</summary>
        {explained.error.value !== undefined && (
          <Failed error={explained.error.value} onRetry={() => void explained.reload()} />
        )}
        {explained.data.value ? (
          <Candidates message={message} candidates={explained.data.value.candidates} />
        ) : (
          explained.isLoading.value && <Loading what="the evidence" />
        )}
      </details>
    </section>
  );
}

function Sureness({ candidate }: { candidate: models.CandidateData }) {
  return (
    <p class="sureness">
      <strong>{confidence(candidate.confidence)}</strong> ({percent(candidate.confidence)}), found in{" "}
      {SOURCES[candidate.source] ?? candidate.source} by the rule <code>{candidate.rule}</code>
    </p>
  );
}

/** The code in its surroundings. */
function Proof({ message, candidate }: { message: models.MessageData; candidate: models.CandidateData }) {
  const text = textOf(message, candidate.source);
  const place = placeIn(text, candidate.span, candidate.display);
  if (place === undefined) return null;
  const { before, found, after } = excerpt(text, place);
  return (
    <blockquote class="proof" dir="auto">
      {before}
      <mark>{found}</mark>
      {after}
    </blockquote>
  );
}

function Candidates({
  message,
  candidates,
}: {
  message: models.MessageData;
  candidates: readonly models.ExplainedCandidateData[];
}) {
  return (
    <ol class="candidates">
      {candidates.map((candidate) => (
        <li key={`${candidate.code} ${candidate.source} ${candidate.span[0]}`}>
          <h3>
            <code>{candidate.display}</code>{" "}
            {candidate.code === message.otp_detected ? "is the code" : "is another number"}
          </h3>
          <Sureness candidate={candidate} />
          <p class="hint">
            Characters {candidate.span[0]} to {candidate.span[1]} of {SOURCES[candidate.source] ?? candidate.source}.
          </p>
          {candidate.code !== message.otp_detected && <Proof message={message} candidate={candidate} />}
          <Evidence candidate={candidate} />
        </li>
      ))}
    </ol>
  );
}

function Evidence({ candidate: { evidence = [], display } }: { candidate: models.ExplainedCandidateData }) {
  if (evidence.length === 0) return <p class="hint">No evidence was recorded for it.</p>;
  return (
    <table class="evidence">
      <caption class="visually-hidden">Evidence for and against {display}</caption>
      <thead>
        <tr>
          <th scope="col">What can be said about it</th>
          <th scope="col">Weight</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map(({ feature, weight }) => (
          <tr key={feature}>
            <td>
              <code>{feature}</code>
            </td>
            <td class={weight < 0 ? "against" : "for"}>
              {weight < 0 ? `−${(-weight).toFixed(2)}, against` : `+${weight.toFixed(2)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
