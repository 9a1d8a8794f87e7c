/** Waiting for mail by hand: a form that runs a real wait, what came instead, and the same call for a program. */

import type { Inbox } from "@mayfly-mail/client";
import { useEffect, useState } from "preact/hooks";
import { clientOf, isSignedIn } from "../access/server.ts";
import { tokenOf } from "../access/credentials.ts";
import { Link } from "../parts/link.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed } from "../parts/notice.tsx";
import { API } from "../shell/roots.ts";
import { Screen } from "../shell/screen.tsx";
import { Calls } from "./calls.tsx";
import { Progress } from "./progress.tsx";
import { Running } from "./running.ts";
import { WishForm } from "./wish_form.tsx";
import { queryOf, secondsOf, wishOf } from "./wish.ts";
import type { Wish } from "./wish.ts";
import "./waiting.css";

/** Browsers refuse to have the address changed more often. */
const SETTLES = 400;

export default function Waiting({ inbox }: { inbox: string }) {
  const [wish, setWish] = useWish();
  const [running, setRunning] = useState<Running>();
  const client = clientOf(inbox);
  const opened = useLoaded<Inbox>(async (signal) => await client.open(inbox, { signal }), [inbox, client]);
  const place = opened.data.value;
  useEffect(() => () => running?.cancel(), [running]);
  const start = (): void => {
    const seconds = secondsOf(wish);
    if (place === undefined || seconds === undefined) return;
    const wait = new Running(wish, seconds, place);
    setRunning(wait);
    void wait.run();
  };
  const isRunning = running !== undefined && running.outcome.value === undefined;
  const surroundings = {
    url: API,
    // The address of a space is a pattern.
    inbox: place === undefined || place.address.startsWith("*") ? inbox : place.address,
    needsKey: isSignedIn.value || tokenOf(inbox) !== undefined,
  };
  return (
    <Screen
      title="Wait for mail"
      actions={
        <Link to={{ screen: "inbox", inbox }} class="button">
          Back to the mail
        </Link>
      }
    >
      <p class="waiting-place">
        In <bdi>{place?.address ?? inbox}</bdi>
      </p>
      {opened.error.value !== undefined && <Failed error={opened.error.value} onRetry={() => void opened.reload()} />}
      <div class="waiting">
        <WishForm
          wish={wish}
          onChange={setWish}
          isRunning={isRunning}
          canStart={place !== undefined}
          onStart={start}
          onCancel={() => running?.cancel()}
        />
        <div>
          {running && <Progress running={running} inbox={inbox} />}
          <Calls wish={wish} surroundings={surroundings} />
        </div>
      </div>
    </Screen>
  );
}

/** The wish of the form; the address bar has it too. */
function useWish(): readonly [Wish, (wish: Wish) => void] {
  const [wish, setWish] = useState(() => wishOf(location.search));
  useEffect(() => {
    const follow = (): void => setWish(wishOf(location.search));
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  useEffect(() => {
    const path = location.pathname;
    const timer = setTimeout(() => {
      const query = queryOf(wish);
      if (location.pathname === path) history.replaceState(null, "", path + (query && `?${query}`));
    }, SETTLES);
    return () => clearTimeout(timer);
  }, [wish]);
  return [wish, setWish];
}
