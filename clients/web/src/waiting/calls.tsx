/** The same wait for a shell and for programs, to be copied. */

import { signal } from "@preact/signals";
import { CopyButton } from "../parts/copy.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { curl, python, typescript } from "./snippets.ts";
import type { Surroundings } from "./snippets.ts";
import type { Wish } from "./wish.ts";

const LANGUAGES = [
  ["curl", "curl", curl],
  ["python", "Python", python],
  ["typescript", "TypeScript", typescript],
] as const;
const chosen = signal<string>("curl");

export function Calls({ wish, surroundings }: { wish: Wish; surroundings: Surroundings }) {
  return (
    <section class="calls" aria-labelledby="calls-heading">
      <h2 id="calls-heading">The same in a program</h2>
      <Tabs
        label="Languages"
        selected={chosen.value}
        onSelect={(id) => (chosen.value = id)}
        items={LANGUAGES.map(([id, label, write]) => ({
          id,
          label,
          panel: () => <Snippet label={label} text={write(wish, surroundings)} />,
        }))}
      />
    </section>
  );
}

function Snippet({ label, text }: { label: string; text: string }) {
  return (
    <>
      <pre tabIndex={0} role="region" aria-label={`The call in ${label}`} dir="ltr">
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </>
  );
}
