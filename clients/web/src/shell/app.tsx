/** The whole page: its head, the screen that the URL names, and what may lie over any screen. */

import { Suspense, lazy } from "preact/compat";
import { refusal } from "../access/refused.ts";
import { Questions } from "../parts/dialog.tsx";
import { Loading } from "../parts/notice.tsx";
import { Announcer } from "./announcer.tsx";
import { Head } from "./head.tsx";
import { Lost } from "./lost.tsx";
import type { Place } from "./places.ts";
import { place } from "./router.ts";
import { ShortcutList } from "./shortcuts.tsx";
import { Start } from "../start/start.tsx";
import { MailScreen } from "../list/mail_screen.tsx";

// What one does not need to read mail comes when it is asked for.
const SignIn = lazy(() => import("../signin/sign_in.tsx"));
const KeyRefused = lazy(() => import("../signin/key_refused.tsx"));
const Waiting = lazy(() => import("../waiting/waiting.tsx"));
const Account = lazy(() => import("../account/account.tsx"));
const Operator = lazy(() => import("../operator/operator.tsx"));

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Head />
      <Suspense fallback={<Loading what="the screen" />}>{screenOf(place.value)}</Suspense>
      <Suspense fallback={null}>{refusal.value !== undefined && !isSigningIn() && <KeyRefused />}</Suspense>
      <Questions />
      <ShortcutList />
      <Announcer />
    </>
  );
}

function isSigningIn(): boolean {
  return place.value.screen === "sign-in";
}

function screenOf(shown: Place) {
  switch (shown.screen) {
    case "start":
      return <Start />;
    case "all":
      return <MailScreen message={shown.message} />;
    case "inbox":
      return <MailScreen inbox={shown.inbox} message={shown.message} key={shown.inbox} />;
    case "wait":
      return <Waiting inbox={shown.inbox} key={shown.inbox} />;
    case "sign-in":
      return <SignIn />;
    case "account":
      return <Account section={shown.section} item={shown.item} />;
    case "operator":
      return <Operator section={shown.section} />;
    case "lost":
      return <Lost />;
  }
}
