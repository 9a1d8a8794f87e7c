/** Where one begins: an anonymous inbox with one click, or the account's inboxes and spaces. */

import { useEffect } from "preact/hooks";
import { ownInboxes } from "../access/credentials.ts";
import { discovery, discoverServer, discoveryError, isSignedIn } from "../access/server.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { go } from "../shell/router.ts";
import { Screen } from "../shell/screen.tsx";
import { AccountInboxes } from "./account_inboxes.tsx";
import { DefaultSpace } from "./default_space.tsx";
import { OwnInboxes } from "./own_inboxes.tsx";
import "./start.css";

// Whoever opens the page on a machine of their own wants to see its mail; whoever comes back here wants this screen.
let isFirst = true;

export function Start() {
  const server = discovery.value;
  useEffect(() => {
    if (!server) return;
    const leadsToMail = isFirst && !isSignedIn.peek() && ownInboxes.peek().length === 0 && server.default_space;
    isFirst = false;
    if (leadsToMail) go({ screen: "inbox", inbox: leadsToMail }, { replaces: true });
  }, [server]);
  useEffect(
    () => () => {
      isFirst = false;
    },
    [],
  );
  return (
    <Screen title="Inboxes" class="start">
      {discoveryError.value !== undefined && !server && (
        <Failed error={discoveryError.value} onRetry={() => void discoverServer()} />
      )}
      {!server && discoveryError.value === undefined && <Loading what="what this server offers" />}
      {isSignedIn.value && <AccountInboxes />}
      {server && <OwnInboxes server={server} />}
      {server?.default_space && !isSignedIn.value && <DefaultSpace id={server.default_space} />}
    </Screen>
  );
}
