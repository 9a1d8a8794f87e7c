/** What is shown in the place of the operator's screens until the operator's token is there. */

import { OperatorForm } from "../parts/operator_form.tsx";
import { Screen } from "../shell/screen.tsx";

export function Gate() {
  return (
    <Screen title="Operator">
      <p>Accounts, usage, dead letters, domains and maintenance of this Mayfly.</p>
      <OperatorForm />
    </Screen>
  );
}
