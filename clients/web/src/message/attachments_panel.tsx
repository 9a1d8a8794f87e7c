/** The attachments of a mail: what each is, a look at pictures, and its download. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { getAttachment } from "@mayfly-mail/client/operations";
import { useEffect, useState } from "preact/hooks";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Failed, Note } from "../parts/notice.tsx";
import { sizeOf } from "../parts/sizes.ts";
import { saveAs } from "../parts/downloads.ts";
import { maybePicture, pictureType } from "./pictures.ts";

interface Props {
  id: string;
  attachments: readonly models.AttachmentData[];
  client: Mayfly;
}

const STEP = 100;

export function AttachmentsPanel({ id, attachments, client }: Props) {
  const [most, setMost] = useState(STEP);
  return (
    <>
      <ul class="attachments">
        {attachments.slice(0, most).map((attachment) => (
          <Row key={attachment.index} id={id} attachment={attachment} client={client} />
        ))}
      </ul>
      {attachments.length > most && (
        <Button onClick={() => setMost(most + STEP)}>Show more ({attachments.length - most} left)</Button>
      )}
    </>
  );
}

function Row({ id, attachment, client }: { id: string; attachment: models.AttachmentData; client: Mayfly }) {
  const { filename, content_type, index, sha256 } = attachment;
  const read = async (): Promise<Uint8Array> => await client.call(getAttachment(id, index));
  const download = useAction(async () => saveAs(filename, await read()));
  const [picture, setPicture] = useState<Blob>();
  const url = useUrlOf(picture);
  const [isNone, setNone] = useState(false);
  const look = useAction(async () => {
    const octets = await read();
    const type = pictureType(octets);
    if (type === undefined) return setNone(true);
    setPicture(new Blob([octets as BlobPart], { type }));
  });
  const error = download.error.value ?? look.error.value;
  return (
    <li class="attachment">
      <div>
        <h3>
          <bdi>{filename}</bdi>
        </h3>
        <p class="hint">
          <bdi>{content_type}</bdi>, {sizeOf(attachment.size)}
          {attachment.inline && ", part of the HTML"}
        </p>
        <p class="hint">
          SHA-256 <code>{sha256}</code>
        </p>
      </div>
      <div class="actions">
        {maybePicture(content_type, attachment.size) && (
          // One button, so that the focus stays where it is.
          <Button
            icon="eye"
            isBusy={look.isBusy.value}
            aria-expanded={picture !== undefined}
            aria-label={`${picture === undefined ? "Preview" : "Hide"} ${filename}`}
            onClick={() => (picture === undefined ? void look.run() : setPicture(undefined))}
          >
            {picture === undefined ? "Preview" : "Hide"}
          </Button>
        )}
        <Button
          icon="download"
          isBusy={download.isBusy.value}
          onClick={() => void download.run()}
          aria-label={`Download ${filename}`}
        >
          Download
        </Button>
        <CopyButton text={sha256} label={`Copy hash of ${filename}`} kind="quiet">
          Copy hash
        </CopyButton>
      </div>
      {error !== undefined && <Failed error={error} />}
      {isNone && (
        <Note kind="warning">
          <p>It is not a picture that can be shown here, whatever its type says. It can be downloaded.</p>
        </Note>
      )}
      {url !== undefined && (
        <img src={url} alt={`Preview of ${filename}`} onError={() => (setPicture(undefined), setNone(true))} />
      )}
    </li>
  );
}

/** Return a URL of what is shown, for as long as it is. */
function useUrlOf(shown: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (shown === undefined) return;
    const made = URL.createObjectURL(shown);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [shown]);
  return url;
}
