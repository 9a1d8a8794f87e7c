/** Says over any screen that the key works no more, and lets one sign in again without losing what is on the screen. */

import { forgetKey } from "../access/credentials.ts";
import { refusal } from "../access/refused.ts";
import { announce } from "../shell/announcer.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { sentence } from "../parts/problems.ts";
import { AccountForms } from "./account_forms.tsx";
import "./signin.css";

export default function KeyRefused() {
  return (
    <Dialog title="Your key or session does not work any more" onClose={forgetKey} isWide>
      <p>
        The server says: {sentence(refusal.value ?? "")} Sign in again, and the screen goes on where it is; what you
        have typed stays.
      </p>
      <AccountForms onDone={() => announce("Signed in")} />
      <footer>
        <Button kind="quiet" onClick={forgetKey}>
          Go on without signing in
        </Button>
      </footer>
    </Dialog>
  );
}
