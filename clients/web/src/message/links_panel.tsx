/** All links of a mail, which can be thousands: some at a time, and a filter. */

import type { models } from "@mayfly-mail/client";
import { useMemo, useState } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { countOf } from "../parts/sizes.ts";
import { LinkRow } from "./link_row.tsx";

const STEP = 50;
const MANY = 10;

export function LinksPanel({ links }: { links: readonly models.LinkData[] }) {
  const [words, setWords] = useState("");
  const [most, setMost] = useState(STEP);
  const found = useMemo(() => links.filter((link) => has(link, words)), [links, words]);
  const shown = found.slice(0, most);
  return (
    <>
      {links.length > MANY && (
        <TextField
          label="Filter links"
          hint={`${countOf(found.length)} of ${countOf(links.length)} links`}
          type="search"
          value={words}
          onInput={setWords}
        />
      )}
      <ul class="links">
        {shown.map((link) => (
          <LinkRow key={link.index} link={link} />
        ))}
      </ul>
      {found.length > shown.length && (
        <Button onClick={() => setMost(most + STEP)}>
          Show {Math.min(STEP, found.length - shown.length)} more ({countOf(found.length - shown.length)} left)
        </Button>
      )}
    </>
  );
}

function has({ url, text, kind }: models.LinkData, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  return wanted === "" || [url, text, kind].some((each) => each.toLowerCase().includes(wanted));
}
