/** The account: keys, webhooks, domains, team, usage and security, each at a URL of its own. */

import type { FunctionComponent } from "preact";
import { isSignedIn } from "../access/server.ts";
import { Link } from "../parts/link.tsx";
import { Empty } from "../parts/notice.tsx";
import { Sections } from "../parts/sections.tsx";
import { ACCOUNT_SECTIONS } from "../shell/places.ts";
import type { AccountSection } from "../shell/places.ts";
import { Screen } from "../shell/screen.tsx";
import { Domains } from "./domains/domains.tsx";
import { Keys } from "./keys/keys.tsx";
import { Security } from "./security/security.tsx";
import { Team } from "./team/team.tsx";
import { Usage } from "./usage/usage.tsx";
import { Webhooks } from "./webhooks/webhooks.tsx";
import "./account.css";

interface Section {
  /** On the link to it. */
  text: string;
  /** Above it. */
  title: string;
  Content: FunctionComponent<{ item?: string | undefined }>;
}

const SECTIONS: Record<AccountSection, Section> = {
  keys: { text: "Keys", title: "API keys", Content: Keys },
  webhooks: { text: "Webhooks", title: "Webhooks", Content: Webhooks },
  domains: { text: "Domains", title: "Domains", Content: Domains },
  team: { text: "Team", title: "Team", Content: Team },
  usage: { text: "Usage", title: "Usage and limits", Content: Usage },
  security: { text: "Security", title: "Account and security", Content: Security },
};

export default function Account({ section, item }: { section: AccountSection; item?: string | undefined }) {
  const { title, Content } = SECTIONS[section];
  if (!isSignedIn.value) return <SignedOut title={title} />;
  return (
    <Screen title={title} class="account">
      <Sections
        label="Account"
        items={ACCOUNT_SECTIONS.map((each) => ({
          to: { screen: "account", section: each },
          text: SECTIONS[each].text,
          isHere: each === section,
        }))}
      />
      <Content item={item} />
    </Screen>
  );
}

function SignedOut({ title }: { title: string }) {
  return (
    <Screen title={title}>
      <Empty title="You are not signed in">
        <p>Keys, webhooks, domains, team and usage belong to an account.</p>
        <Link to={{ screen: "sign-in" }} class="button primary">
          Sign in
        </Link>
      </Empty>
    </Screen>
  );
}
