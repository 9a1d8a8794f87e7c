/** Domains on which inboxes can be made: the public ones, and those of the account with their DNS records. */

import type { models } from "@mayfly-mail/client";
import { addDomain, listDomains } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { account } from "../../access/server.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { TextField } from "../../parts/field.tsx";
import { useLoaded } from "../../parts/loaded.ts";
import { beyond, problemOf } from "../../parts/problems.ts";
import { announce } from "../../shell/announcer.tsx";
import { Reading, Trouble } from "../reading.tsx";
import { CustomDomain } from "./custom_domain.tsx";

export function Domains() {
  const domains = useLoaded((signal) => account.value.call(listDomains(), { signal }), [account.value]);
  return (
    <Reading of={domains} what="the domains">
      {(data) => {
        const own = data.domains.filter((domain) => domain.id !== undefined);
        const leave = (id: string | undefined): void =>
          domains.set({ ...data, domains: data.domains.filter((domain) => domain.id !== id) });
        return (
          <>
            <section aria-labelledby="own-domains">
              <h2 id="own-domains">Your domains</h2>
              <p>Inboxes on a domain of your own. Two DNS records prove it and bring its mail here.</p>
              <AddDomain onAdded={domains.reload} />
              <ul class="account-cards">
                {own.map((domain) => (
                  <CustomDomain
                    key={domain.id}
                    of={domain}
                    mailHosts={data.mail_hosts}
                    onChanged={domains.reload}
                    onGone={() => leave(domain.id)}
                  />
                ))}
              </ul>
            </section>
            <PublicDomains domains={data.domains.filter((domain) => domain.is_public)} />
          </>
        );
      }}
    </Reading>
  );
}

function AddDomain({ onAdded }: { onAdded: () => Promise<void> }) {
  const [name, setName] = useState("");
  const adding = useAction(async () => {
    await account.value.call(addDomain({ name: name.trim() }));
    await onAdded();
    setName("");
    announce("Added: now set its DNS records");
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void adding.run();
  };
  const error = beyond(adding.error.value, ["name"]);
  return (
    <form onSubmit={submit}>
      <TextField
        label="Add a domain"
        required
        maxLength={255}
        placeholder="example.com"
        spellcheck={false}
        value={name}
        onInput={setName}
        problem={problemOf(adding.error.value, "name")}
      />
      {error !== undefined && <Trouble error={error} />}
      <Button type="submit" kind="primary" icon="plus" isBusy={adding.isBusy.value}>
        Add the domain
      </Button>
    </form>
  );
}

function PublicDomains({ domains }: { domains: readonly models.DomainData[] }) {
  return (
    <section class="panel" aria-labelledby="public-domains">
      <h2 id="public-domains">Public domains</h2>
      <p>Everybody here may make inboxes on them; the first one is the default.</p>
      <ul class="account-rows">
        {domains.map((domain) => (
          <li key={domain.name}>
            <code>{domain.name}</code>{" "}
            <CopyButton text={domain.name} label={`Copy ${domain.name}`} kind="quiet">
              Copy
            </CopyButton>
            {domain.tier_required > 0 && ` needs a plan of tier ${domain.tier_required} or higher`}
          </li>
        ))}
      </ul>
    </section>
  );
}
