/** An address as a QR code, for a phone: to write to it, or to open the inbox there. */

import { useState } from "preact/hooks";
import { encode } from "uqr";
import { tokenOf } from "../access/credentials.ts";
import type { Known } from "../mail/source.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { SelectField } from "../parts/field.tsx";
import { hrefOf } from "../shell/router.ts";

const USES: readonly (readonly [Use, string])[] = [
  ["write", "the address, to write to it"],
  ["open", "a link to this inbox, to read it elsewhere"],
];

type Use = "write" | "open";

interface Props {
  inbox: Known;
  /** A space has no single address to write to. */
  isSpace: boolean;
  onClose: () => void;
}

export default function QrDialog({ inbox, isSpace, onClose }: Props) {
  const [use, setUse] = useState<Use>(isSpace ? "open" : "write");
  const text = use === "write" ? inbox.address : linkTo(inbox);
  return (
    <Dialog title="QR code" onClose={onClose}>
      <SelectField
        label="The code holds"
        value={use}
        onChange={(chosen) => setUse(chosen as Use)}
        options={isSpace ? USES.slice(1) : USES}
        hint={
          use === "open" && tokenOf(inbox.id)
            ? "Whoever has this link can read and delete the mail of this inbox."
            : undefined
        }
      />
      <Picture
        text={use === "write" ? `mailto:${text}` : text}
        label={`QR code of ${use === "write" ? text : "the link"}`}
      />
      <p class="qr-text">
        <bdi>{text}</bdi>
      </p>
      <footer>
        <CopyButton text={text} label={use === "write" ? "Copy address" : "Copy link"} />
      </footer>
    </Dialog>
  );
}

function Picture({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={dark} fill="#000000" />
    </svg>
  );
}

function linkTo(inbox: Known): string {
  const token = tokenOf(inbox.id);
  const link = new URL(hrefOf({ screen: "inbox", inbox: inbox.id }), location.href).href;
  return token ? `${link}#token=${encodeURIComponent(token)}` : link;
}
