/** For who runs this Mayfly: accounts, usage, dead letters, domains, postmaster's mail; with the operator's token. */

import { keepOperatorToken, operatorToken } from "../access/credentials.ts";
import { Button } from "../parts/button.tsx";
import { Sections } from "../parts/sections.tsx";
import { OPERATOR_SECTIONS } from "../shell/places.ts";
import type { OperatorSection } from "../shell/places.ts";
import { Screen } from "../shell/screen.tsx";
import { Accounts } from "./accounts.tsx";
import { DeadLetters } from "./dead_letters.tsx";
import { Domains } from "./domains.tsx";
import { Gate } from "./gate.tsx";
import { OperatorMail } from "./mail.tsx";
import { Overview } from "./overview.tsx";
import { Usage } from "./usage.tsx";
import "./operator.css";

const NAMES: Record<OperatorSection, string> = {
  overview: "Overview",
  accounts: "Accounts",
  usage: "Usage",
  "dead-letters": "Dead letters",
  domains: "Domains",
  mail: "Postmaster",
};

export default function Operator({ section }: { section: OperatorSection }) {
  if (!operatorToken.value) return <Gate />;
  const items = OPERATOR_SECTIONS.map((each) => ({
    to: { screen: "operator", section: each } as const,
    text: NAMES[each],
    isHere: each === section,
  }));
  return (
    <Screen
      title={`Operator: ${NAMES[section]}`}
      key={section}
      actions={<Button onClick={() => keepOperatorToken("")}>Forget the token</Button>}
    >
      <Sections label="Operator" items={items} />
      {sectionOf(section)}
    </Screen>
  );
}

function sectionOf(section: OperatorSection) {
  switch (section) {
    case "overview":
      return <Overview />;
    case "accounts":
      return <Accounts />;
    case "usage":
      return <Usage />;
    case "dead-letters":
      return <DeadLetters />;
    case "domains":
      return <Domains />;
    case "mail":
      return <OperatorMail />;
  }
}
