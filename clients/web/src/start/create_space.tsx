/** The form that makes a space, and the SMTP login that is shown once. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { createSpace, listDomains } from "@mayfly-mail/client/operations";
import { useState } from "preact/hooks";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { beyond, problemOf } from "../parts/problems.ts";
import { CheckField, SelectField, TextField } from "../parts/field.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Note } from "../parts/notice.tsx";
import { go } from "../shell/router.ts";
import { LIFETIMES, secondsOf } from "./lifetimes.ts";

const FIELDS = ["name", "domains", "ttl_seconds"] as const;

interface Props {
  client: Mayfly;
  onMade: () => void;
  onClose: () => void;
}

export function CreateSpace({ client, onMade, onClose }: Props) {
  const [made, setMade] = useState<models.NewSpace | undefined>(undefined);
  return (
    <Dialog title={made ? "The space is there" : "New space"} onClose={onClose}>
      {made ? (
        <Login space={made} onClose={onClose} />
      ) : (
        <Form
          client={client}
          onClose={onClose}
          onMade={(space) => {
            onMade();
            setMade(space);
          }}
        />
      )}
    </Dialog>
  );
}

interface FormProps {
  client: Mayfly;
  onClose: () => void;
  onMade: (space: models.NewSpace) => void;
}

function Form({ client, onClose, onMade }: FormProps) {
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState("3600");
  const [domains, setDomains] = useState<readonly string[]>([]);
  const known = useLoaded((signal) => client.call(listDomains(), { signal }), [client]);
  const own = (known.data.value?.domains ?? []).filter((domain) => !domain.is_public && domain.verified);
  const create = useAction(async () => {
    onMade(await client.call(createSpace({ name: name.trim() || null, ttl_seconds: secondsOf(lifetime), domains })));
  });
  const error = create.error.value;
  const other = error === undefined ? undefined : beyond(error, FIELDS);
  const choose = (domain: string, isOn: boolean): void =>
    setDomains(isOn ? [...domains, domain] : domains.filter((each) => each !== domain));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void create.run();
      }}
    >
      <p>A space takes all mail that an application sends with its login, whoever the mail is for.</p>
      <TextField
        label="Name"
        value={name}
        onInput={setName}
        maxLength={200}
        problem={problemOf(error, "name")}
        autofocus
      />
      <SelectField
        label="Ends after"
        value={lifetime}
        onChange={setLifetime}
        options={LIFETIMES}
        problem={problemOf(error, "ttl_seconds")}
      />
      {own.length > 0 && (
        <fieldset class="choices">
          <legend>Your domains whose mail comes here</legend>
          {own.map((domain) => (
            <CheckField
              key={domain.name}
              label={domain.name}
              isOn={domains.includes(domain.name)}
              onChange={(isOn) => choose(domain.name, isOn)}
            />
          ))}
        </fieldset>
      )}
      {problemOf(error, "domains") !== "" && (
        <p class="problem" role="alert">
          {problemOf(error, "domains")}
        </p>
      )}
      {other !== undefined && <Failed error={other} />}
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" isBusy={create.isBusy.value}>
          Create
        </Button>
      </footer>
    </form>
  );
}

function Login({ space, onClose }: { space: models.NewSpace; onClose: () => void }) {
  const { host, port, user, password } = space.smtp;
  const facts = [
    ["Host", host ?? location.hostname],
    ["Port", port === undefined ? "" : String(port)],
    ["User", user],
    ["Password", password ?? ""],
  ].filter((fact): fact is [string, string] => fact[1] !== "");
  return (
    <>
      <Note kind="warning">The password is shown now only. Copy it; a lost one is replaced by another.</Note>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>{" "}
              <CopyButton text={value} label={`Copy ${name.toLowerCase()}`} kind="quiet">
                Copy
              </CopyButton>
            </dd>
          </div>
        ))}
      </dl>
      <p>
        Or send to any address at{" "}
        {space.domains.map((domain) => (
          <code key={domain}>{domain} </code>
        ))}
      </p>
      <footer>
        <CopyButton text={facts.map((fact) => fact.join(": ")).join("\n")} label="Copy all" />
        <Button
          kind="primary"
          onClick={() => {
            onClose();
            go({ screen: "inbox", inbox: space.id });
          }}
        >
          Open the space
        </Button>
      </footer>
    </>
  );
}
