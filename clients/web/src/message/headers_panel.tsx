/** The header fields of a mail, all of them in their order. */

import { useMemo, useState } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { TextField } from "../parts/field.tsx";
import { countOf } from "../parts/sizes.ts";
import { visible } from "../parts/visible.ts";

const STEP = 200;

type Field = readonly [string, string];

export function HeadersPanel({ fields }: { fields: readonly Field[] }) {
  const [words, setWords] = useState("");
  const [most, setMost] = useState(STEP);
  const found = useMemo(() => fields.filter((field) => has(field, words)), [fields, words]);
  const shown = found.slice(0, most);
  if (fields.length === 0) return <p class="hint">No header field could be read. The source has what was received.</p>;
  return (
    <>
      <div class="panel-tools">
        <TextField
          label="Filter header fields"
          hint={`${countOf(found.length)} of ${countOf(fields.length)} fields`}
          type="search"
          value={words}
          onInput={setWords}
        />
        <CopyButton
          text={found.map(([name, value]) => `${name}: ${value}`).join("\n")}
          label={words.trim() === "" ? "Copy all fields" : "Copy these fields"}
        />
      </div>
      <table class="header-fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([name, value], index) => (
            <tr key={index}>
              <th scope="row">
                <bdi>{visible(name)}</bdi>
              </th>
              <td>
                <bdi>{visible(value)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > shown.length && (
        <Button onClick={() => setMost(most + STEP)}>Show more ({countOf(found.length - shown.length)} left)</Button>
      )}
    </>
  );
}

function has([name, value]: Field, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  return wanted === "" || `${name}: ${value}`.toLowerCase().includes(wanted);
}
