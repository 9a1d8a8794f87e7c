/** The list with what belongs to it: search, tools, the state of the stream, and what is said in an empty list. */

import { Button } from "../parts/button.tsx";
import { Empty, Failed, Loading } from "../parts/notice.tsx";
import { FirstMail } from "../parts/first_mail.tsx";
import type { Place } from "../shell/places.ts";
import type { Desk } from "./desk.ts";
import { isUnknown } from "./ended.tsx";
import { MessageList } from "./message_list.tsx";
import { SearchField } from "./search_field.tsx";
import { Toolbar } from "./toolbar.tsx";

interface Props {
  desk: Desk;
  open: string | undefined;
  placeOf: (id: string) => Place;
  onOpen: (id: string) => void;
  onSearch: (q: string) => void;
  onExport: (ids: readonly string[]) => void;
}

export function ListPane({ desk, open, placeOf, onOpen, onSearch, onExport }: Props) {
  const { mailbox } = desk;
  const entries = mailbox.entries.value;
  const tags = [...new Set(entries.flatMap((entry) => entry.tags))].sort();
  return (
    <section class="list-pane" aria-label="List of messages" aria-busy={mailbox.isLoading.value}>
      <SearchField q={mailbox.q.value} problem={mailbox.problem.value} tags={tags} onSearch={onSearch} />
      <div class="list-top">
        <Toolbar desk={desk} onExport={onExport} />
        <Following desk={desk} />
      </div>
      <Trouble desk={desk} />
      {entries.length > 0 || (mailbox.isLoading.value && mailbox.q.value === "") ? null : (
        <Nothing desk={desk} onSearch={onSearch} />
      )}
      {entries.length === 0 && mailbox.isLoading.value && <Loading what="messages" />}
      <MessageList desk={desk} open={open} placeOf={placeOf} onOpen={onOpen} />
      {mailbox.isLoadingMore.value && <p class="list-more hint">Loading older messages …</p>}
    </section>
  );
}

const STATES = {
  connecting: "Connecting …",
  live: "Live",
  reconnecting: "Reconnecting …",
  ended: "Ended",
  refused: "Ended",
  failed: "Not connected",
} as const;

function Following({ desk }: { desk: Desk }) {
  const state = desk.mailbox.state.value;
  return (
    <p class={`following ${state}`} role="status" title={state === "live" ? "New mail appears by itself" : undefined}>
      {STATES[state]}
    </p>
  );
}

/** Why the list is not what it should be, with a way to try again. */
function Trouble({ desk }: { desk: Desk }) {
  const { error, state, ending } = desk.mailbox;
  if (state.value === "ended" || state.value === "refused" || ending.value !== "" || !error.value) return null;
  if (isUnknown(desk)) return null;
  const retry = (): void => void (state.value === "failed" ? desk.mailbox.start() : desk.mailbox.reload());
  return <Failed error={error.value} onRetry={retry} />;
}

function Nothing({ desk, onSearch }: { desk: Desk; onSearch: (q: string) => void }) {
  const { q, problem, isLoading, state } = desk.mailbox;
  if (isLoading.value || state.value === "failed" || state.value === "ended") return null;
  if (problem.value !== "") return <Empty title="The search has an error" />;
  if (q.value !== "") {
    return (
      <Empty title="Nothing found">
        <p>New mail that the search finds appears here.</p>
        <Button onClick={() => onSearch("")}>Show all messages</Button>
      </Empty>
    );
  }
  return (
    <Empty title="No mail yet">
      <p>It appears here by itself as soon as it comes.</p>
      <FirstMail inbox={desk.source.inbox.value} />
    </Empty>
  );
}
