/** One link of a mail: what it is for, where it leads, what is odd about it. Nothing is opened without a click. */

import type { models } from "@mayfly-mail/client";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { targetOf } from "./targets.ts";

const PURPOSES: Readonly<Record<string, string>> = {
  verify: "confirms something",
  reset: "sets a password",
  magic: "signs in",
  unsubscribe: "ends a subscription",
};
const SHOWN = 300;

export function LinkRow({ link }: { link: models.LinkData }) {
  const { href, place, rest, warnings } = targetOf(link.url, link.text);
  const text = link.text.trim() || link.url;
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return (
    <li class="link-row">
      <div class="link-text">
        <span class={`chip ${link.kind}`} title={PURPOSES[link.kind]}>
          {link.kind}
        </span>{" "}
        {href === undefined ? (
          <bdi>{shown}</bdi>
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer">
            <bdi>{shown}</bdi>
            <span class="visually-hidden"> (opens in a new tab)</span>
          </a>
        )}
        <p class="link-target" dir="ltr">
          <strong>
            <bdi>{place}</bdi>
          </strong>
          <bdi>{rest}</bdi>
        </p>
        {warnings.map((warning) => (
          <p class="link-warning" key={warning}>
            <Icon name="warning" size={16} /> <bdi>{warning}</bdi>
          </p>
        ))}
      </div>
      <CopyButton text={link.url} label={`Copy link ${shown.slice(0, 60)}`} kind="quiet">
        Copy
      </CopyButton>
    </li>
  );
}
