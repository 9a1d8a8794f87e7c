/** The account's inboxes and spaces: a live list with unread counts, a filter, and making new ones. */

import type { models } from "@mayfly-mail/client";
import { listInboxes, listSpaces } from "@mayfly-mail/client/operations";
import { useEffect, useMemo, useState } from "preact/hooks";
import { accountKey } from "../access/credentials.ts";
import { noteRefused } from "../access/refused.ts";
import { account } from "../access/server.ts";
import { AccountNews } from "../mail/account_news.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { Empty, Failed, Loading, Note } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import type { Pages } from "../parts/pages.ts";
import { useShortcuts } from "../shell/shortcuts.tsx";
import { Archived } from "./archived.tsx";
import { CreateInbox } from "./create_inbox.tsx";
import { CreateSpace } from "./create_space.tsx";
import { InboxList } from "./inbox_list.tsx";
import { matches, ofInbox, ofSpace } from "./listed.ts";

/** News of inboxes that come in one go lead to one reading. */
const TOGETHER = 500;

export function AccountInboxes() {
  const client = account.value;
  const inboxes = usePages<models.InboxEntry>(
    (cursor, signal) => client.send(listInboxes({ cursor }), { signal }),
    [client],
  );
  const spaces = usePages<models.SpaceEntry>(
    (cursor, signal) => client.send(listSpaces({ cursor }), { signal }),
    [client],
  );
  const news = useNews([inboxes, spaces]);
  const [filter, setFilter] = useState("");
  const [making, setMaking] = useState<"inbox" | "space" | undefined>(undefined);
  useShortcuts([
    {
      key: "/",
      does: "Filter the list",
      run: () => document.querySelector<HTMLInputElement>(".inbox-filter input")?.focus(),
    },
    { key: "c", does: "Create an inbox", run: () => setMaking("inbox") },
  ]);
  const isRefused = news.isRefused.value;
  useEffect(() => {
    if (isRefused) noteRefused(accountKey.peek());
  }, [isRefused]);
  const error = inboxes.error.value ?? spaces.error.value;
  const all = [...spaces.items.value.map(ofSpace), ...inboxes.items.value.map(ofInbox)];
  const shown = all.filter((listed) => matches(listed, filter));
  const isEmpty = all.length === 0;
  const isLoading = inboxes.isLoading.value || spaces.isLoading.value;
  const again = (): void => [inboxes, spaces].forEach((pages) => void pages.reload());
  return (
    <section class="card" aria-labelledby="account-inboxes" aria-busy={isLoading}>
      <div class="card-head">
        <h2 id="account-inboxes">Your inboxes and spaces</h2>
        <div class="actions">
          <Button kind="primary" icon="plus" onClick={() => setMaking("inbox")}>
            New inbox
          </Button>
          <Button icon="plus" onClick={() => setMaking("space")}>
            New space
          </Button>
        </div>
      </div>
      {error !== undefined && <Failed error={error} onRetry={again} />}
      {isEmpty && isLoading && <Loading what="inboxes" />}
      {isEmpty && !isLoading && error === undefined && <NothingYet />}
      {!isEmpty && (
        <div class="inbox-filter">
          <TextField
            label="Filter by address or label"
            type="search"
            value={filter}
            onInput={setFilter}
            spellcheck={false}
          />
        </div>
      )}
      <InboxList listed={shown} news={news} />
      {!isEmpty && shown.length === 0 && <Empty title="None of these has that in its address or label" />}
      <Further pages={[spaces, inboxes]} />
      {news.error.value !== undefined && <Note kind="warning">Unread messages could not be counted.</Note>}
      <Archived client={client} onReactivated={() => void inboxes.reload()} />
      {making === "inbox" && <CreateInbox client={client} onClose={() => setMaking(undefined)} />}
      {making === "space" && (
        <CreateSpace client={client} onMade={() => void spaces.reload()} onClose={() => setMaking(undefined)} />
      )}
    </section>
  );
}

function NothingYet() {
  return (
    <Empty title="No inboxes yet">
      <p>
        An <strong>inbox</strong> has one address. A <strong>space</strong> takes all mail that an application sends,
        whoever it is for.
      </p>
    </Empty>
  );
}

function Further({ pages }: { pages: readonly Pages<unknown>[] }) {
  const left = pages.filter((each) => each.hasMore.value);
  if (left.length === 0) return null;
  return (
    <Button isBusy={left.some((each) => each.isLoading.value)} onClick={() => left.forEach((each) => void each.more())}>
      Show more
    </Button>
  );
}

/** Follow the account; read the lists again when inboxes came or went. */
function useNews(lists: readonly Pages<unknown>[]): AccountNews {
  const client = account.value;
  const news = useMemo(() => new AccountNews(client), [client]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    news.onInboxes = () => {
      clearTimeout(timer);
      timer = setTimeout(() => lists.forEach((pages) => void pages.reload()), TOGETHER);
    };
    void news.start();
    return () => {
      clearTimeout(timer);
      news.stop();
    };
  }, [news]);
  return news;
}
