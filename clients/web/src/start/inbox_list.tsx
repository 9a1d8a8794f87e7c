/** Inboxes and spaces, each with what is unread in it. */

import type { AccountNews } from "../mail/account_news.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Link } from "../parts/link.tsx";
import { several } from "../parts/sizes.ts";
import type { Listed } from "./listed.ts";
import { End } from "./own_inboxes.tsx";

export function InboxList({ listed, news }: { listed: readonly Listed[]; news: AccountNews }) {
  const unread = news.unread.value;
  const more = news.isMore.value ? "+" : "";
  return (
    <ul class="inboxes" aria-label="Inboxes and spaces">
      {listed.map((each) => {
        const count = unread.get(each.id) ?? 0;
        return (
          <li key={each.id} class="inbox-row">
            <Link to={{ screen: "inbox", inbox: each.id }} class="inbox-name">
              <bdi>{each.name || each.address}</bdi>
            </Link>
            {count > 0 && (
              <span class="unread-count" title={`${several(count, "unread message")}${more && " or more"}`}>
                {count}
                {more} <span class="visually-hidden">unread</span>
              </span>
            )}
            <span class="inbox-facts">
              {each.isSpace && <span class="kind">Space</span>}
              {each.name && <bdi>{each.address}</bdi>}
              <span>
                <End at={each.expiresAt} />
              </span>
            </span>
            {!each.isSpace && (
              <CopyButton text={each.address} label={`Copy ${each.address}`} kind="quiet">
                Copy
              </CopyButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}
