/** The bar above every screen: where one can go, and whose key is used. */

import { operatorToken } from "../access/credentials.ts";
import { discovery, isSignedIn } from "../access/server.ts";
import { signOut } from "../access/session.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../parts/link.tsx";
import { announce, warn } from "./announcer.tsx";
import type { Place } from "./places.ts";
import { go, place } from "./router.ts";
import { API } from "./roots.ts";
import { listShortcuts } from "./shortcuts.tsx";

export function Head() {
  const defaultSpace = discovery.value?.default_space;
  return (
    <header class="head">
      <Link to={{ screen: "start" }} class="brand" aria-label="Mayfly, start">
        <Icon name="inbox" size={22} />
        <span>Mayfly</span>
      </Link>
      <nav aria-label="Main">
        {isSignedIn.value && <Tab to={{ screen: "all" }}>All mail</Tab>}
        {!isSignedIn.value && defaultSpace && <Tab to={{ screen: "inbox", inbox: defaultSpace }}>Mail</Tab>}
        {isSignedIn.value && <Tab to={{ screen: "account", section: "keys" }}>Account</Tab>}
        {operatorToken.value && <Tab to={{ screen: "operator", section: "overview" }}>Operator</Tab>}
        <a href={`${API}/docs`}>API</a>
      </nav>
      <IconButton icon="keyboard" label="Keys of this screen" onClick={listShortcuts} />
      {isSignedIn.value || operatorToken.value ? (
        <Button kind="quiet" icon="account" onClick={() => void leave()}>
          Sign out
        </Button>
      ) : (
        <Link to={{ screen: "sign-in" }} class="button quiet">
          <Icon name="account" size={18} /> <span>Sign in</span>
        </Link>
      )}
    </header>
  );
}

function Tab({ to, children }: { to: Place; children: string }) {
  const here = place.value;
  const isHere =
    here.screen === to.screen && (here.screen !== "inbox" || (to.screen === "inbox" && here.inbox === to.inbox));
  return (
    <Link to={to} aria-current={isHere ? "page" : undefined}>
      {children}
    </Link>
  );
}

async function leave(): Promise<void> {
  go({ screen: "start" });
  if (await signOut()) announce("Signed out");
  else warn("Signed out here. The server did not answer: your session ends there by itself, within 12 hours.");
}
