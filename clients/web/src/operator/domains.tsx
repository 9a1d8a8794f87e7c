/** All domains: the public ones with the tier that a plan needs for them, and those of accounts. */

import type { models } from "@mayfly-mail/client";
import { listAllDomains, setDomainTier } from "@mayfly-mail/client/operations";
import { useSignal } from "@preact/signals";
import { operator } from "../access/server.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { TextField } from "../parts/field.tsx";
import { Failed, Loading } from "../parts/notice.tsx";
import { usePages } from "../parts/pages.ts";
import { Table } from "../parts/table.tsx";
import { announce } from "../shell/announcer.tsx";

type Domain = models.OperatorDomain;

export function Domains() {
  const client = operator.value;
  const domains = usePages<Domain>(
    async (cursor, signal) => {
      const page = await client.send(listAllDomains({ cursor }), { signal });
      return { ...page, data: page.data.domains };
    },
    [client],
  );
  const opened = useSignal<Domain | undefined>(undefined);
  return (
    <>
      {domains.error.value !== undefined && <Failed error={domains.error.value} onRetry={domains.reload} />}
      <DomainTable domains={domains.items.value} onOpen={(domain) => (opened.value = domain)} />
      {domains.isLoading.value && <Loading what="domains" />}
      {domains.hasMore.value && <Button onClick={() => void domains.more()}>More domains</Button>}
      {opened.value && (
        <Tier
          domain={opened.value}
          onClose={() => (opened.value = undefined)}
          onChanged={(tier) =>
            domains.set(
              domains.items.value.map((each) =>
                each.name === opened.value?.name ? { ...each, tier_required: tier } : each,
              ),
            )
          }
        />
      )}
    </>
  );
}

function DomainTable({ domains, onOpen }: { domains: readonly Domain[]; onOpen: (domain: Domain) => void }) {
  return (
    <Table label="Domains" heads={["Domain", "Kind", "Account", "Mail", "Tier needed", ""]}>
      {domains.map((domain) => (
        <tr key={domain.name}>
          <th scope="row">
            <bdi>{domain.name}</bdi>
          </th>
          <td>{domain.kind}</td>
          <td>
            <bdi>{domain.email ?? domain.account_id ?? "everybody"}</bdi>
          </td>
          <td>{domain.takes_mail ? "taken" : domain.suspended ? "suspended" : "not taken"}</td>
          <td class="number">{domain.tier_required}</td>
          <td>
            {domain.kind === "public" && (
              <Button onClick={() => onOpen(domain)} aria-label={`Change the tier of ${domain.name}`}>
                Change
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Tier({
  domain,
  onClose,
  onChanged,
}: {
  domain: Domain;
  onClose: () => void;
  onChanged: (tier: number) => void;
}) {
  const tier = useSignal(String(domain.tier_required));
  const change = useAction(async () => {
    const wanted = Number(tier.value);
    await operator.value.call(setDomainTier(domain.name, { tier_required: wanted }));
    announce("Changed");
    onChanged(wanted);
    onClose();
  });
  return (
    <Dialog title={`Tier of ${domain.name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change.run();
        }}
      >
        <TextField
          label="Lowest tier of a plan that may use it"
          type="number"
          min={0}
          max={1000}
          value={tier.value}
          onInput={(text) => (tier.value = text)}
          hint="0: everybody, also without an account"
          required
          autofocus
        />
        {change.error.value !== undefined && <Failed error={change.error.value} />}
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={change.isBusy.value}>
            Change
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
