/** Signing in: to an account, to one inbox, or as the operator. Afterwards one is where one came from. */

import { accountKey } from "../access/credentials.ts";
import { prefixOf } from "../access/kinds.ts";
import { isSignedIn } from "../access/server.ts";
import { announce } from "../shell/announcer.tsx";
import { go, goBack } from "../shell/router.ts";
import { Note } from "../parts/notice.tsx";
import { OperatorForm } from "../parts/operator_form.tsx";
import { Screen } from "../shell/screen.tsx";
import { AccountForms } from "./account_forms.tsx";
import { InboxForm } from "./inbox_form.tsx";
import "./signin.css";

export default function SignIn() {
  const done = (): void => {
    announce("Signed in");
    goBack({ screen: "start" });
  };
  return (
    <Screen title="Sign in">
      {isSignedIn.value && <Note>{signedInWith(accountKey.value)} What you enter here takes its place.</Note>}
      <AccountForms onDone={done} />
      <div class="ways">
        <InboxForm />
        <OperatorForm
          heading="As the operator"
          onDone={() => go({ screen: "operator", section: "overview" }, { replaces: true })}
        />
      </div>
    </Screen>
  );
}

function signedInWith(key: string): string {
  const prefix = prefixOf(key);
  return prefix ? `You are signed in with the key mfy_${prefix}….` : "You are signed in with a password.";
}
