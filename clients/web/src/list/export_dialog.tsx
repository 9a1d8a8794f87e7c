/** Saves messages as files, with progress, and a way to stop it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { MOST_MESSAGES, MOST_OCTETS, eml, zip } from "../mail/export.ts";
import { fileNames, plain } from "../mail/file_names.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { saveAs } from "../parts/downloads.ts";
import { Failed, Note } from "../parts/notice.tsx";
import { several, sizeOf } from "../parts/sizes.ts";
import { announce } from "../shell/announcer.tsx";
import type { Desk } from "./desk.ts";

interface Props {
  desk: Desk;
  /** Of the messages that are loaded. */
  ids: readonly string[];
  onClose: () => void;
}

export default function ExportDialog({ desk, ids, onClose }: Props) {
  const [done, setDone] = useState(0);
  const ending = useRef(new AbortController());
  const [entries] = useState(() => {
    const wanted = new Set(ids);
    return desk.entries.filter((entry) => wanted.has(entry.id));
  });
  const octets = entries.reduce((sum, entry) => sum + entry.raw_size, 0);
  const isTooMuch = entries.length > MOST_MESSAGES || octets > MOST_OCTETS;
  const work = useAction(async () => {
    const { signal } = ending.current;
    const [first] = entries;
    if (first !== undefined && entries.length === 1) {
      saveAs(fileNames(entries)[0]!, await eml(desk.client, first.id, signal));
    } else {
      const name = plain(desk.source.inbox.peek()?.address ?? "all-mail") || "mail";
      saveAs(`${name}.zip`, await zip(desk.client, entries, signal, setDone));
    }
    announce(`${several(entries.length, "message")} saved`);
    onClose();
  });
  useEffect(() => () => ending.current.abort(), []);
  const isBusy = work.isBusy.value;
  const isMore = desk.mailbox.hasMore.value && ids.length === desk.entries.length;
  return (
    <Dialog title={`Save ${several(entries.length, "message")}`} onClose={onClose}>
      <p>
        {entries.length === 1 ? "As an .eml file" : "As a .zip of .eml files"}, exactly as received: {sizeOf(octets)},
        one call of the API for each message.
      </p>
      {isMore && <p>Older messages that are not loaded are not among them; scroll down to load them.</p>}
      {isTooMuch && (
        <Note kind="warning">
          One archive has {several(MOST_MESSAGES, "message")} and {sizeOf(MOST_OCTETS)} at most. Choose fewer.
        </Note>
      )}
      {isBusy && (
        <p>
          <progress max={entries.length} value={done} aria-label="Progress" /> {done} of {entries.length}
        </p>
      )}
      {work.error.value !== undefined && <Failed error={work.error.value} />}
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          icon="download"
          isBusy={isBusy}
          disabled={isTooMuch || entries.length === 0}
          onClick={() => void work.run()}
        >
          Save
        </Button>
      </footer>
    </Dialog>
  );
}
