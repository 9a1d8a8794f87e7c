/**
 * The HTML of a mail in a frame that runs nothing: the server's page of it, opened by a ticket, at the width and in the
 * colours that one wants to see. Pictures of the web come only when they are asked for.
 */

import type { Mayfly } from "@mayfly-mail/client";
import { createHtmlTicket } from "@mayfly-mail/client/operations";
import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { Button, IconButton } from "../parts/button.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { Segments } from "../parts/segments.tsx";
import { countOf } from "../parts/sizes.ts";
import { API } from "../shell/roots.ts";
import { remoteImages } from "./remote_images.ts";

type Width = "375" | "768" | "full";
type Colours = "light" | "dark";

/** A ticket that has so little time left is not used any more. */
const SPARE_MS = 10_000;
// Of every message, until the page is left: who looks at mail on a phone looks at the next one on it too.
const width = signal<Width>("full");
const colours = signal<Colours>("light");

const WIDTHS = [
  ["375", "375 px"],
  ["768", "768 px"],
  ["full", "Full width"],
] as const;
const COLOURS = [
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

interface Page {
  /** Without colours. */
  readonly url: string;
  /** Until when its ticket can be used, in milliseconds. */
  readonly until: number;
}

export function HtmlPanel({ id, html, client }: { id: string; html: string; client: Mayfly }) {
  const [withImages, setWithImages] = useState(false);
  const blocked = useMemo(() => remoteImages(html), [html]);
  const page = useLoaded(
    async (signal): Promise<Page> => {
      const asked = Date.now();
      const ticket = await client.call(createHtmlTicket(id, { remote_images: withImages }), { signal });
      return { url: API + ticket.url, until: asked + ticket.expires_in * 1_000 - SPARE_MS };
    },
    [id, client, withImages],
  );
  const paint = (wanted: Colours): void => {
    colours.value = wanted;
    // The page is fetched anew, in other colours; with an old ticket it would not come.
    if (Date.now() > (page.data.peek()?.until ?? 0)) void page.reload();
  };
  const shown = page.data.value;
  return (
    <>
      <div class="panel-tools">
        <Segments
          label="Width"
          isLabelHidden
          value={width.value}
          onChange={(to) => (width.value = to)}
          options={WIDTHS}
        />
        <Segments label="Colours" isLabelHidden value={colours.value} onChange={paint} options={COLOURS} />
        {blocked > 0 && (
          <Button icon="eye" onClick={() => setWithImages(!withImages)}>
            {withImages ? "Block remote images" : `Show remote images (${countOf(blocked)} blocked)`}
          </Button>
        )}
        <IconButton icon="refresh" label="Load the HTML again" onClick={() => void page.reload()} />
      </div>
      {page.error.value !== undefined && <Failed error={page.error.value} onRetry={() => void page.reload()} />}
      {shown === undefined && page.isLoading.value && <Loading what="the HTML" />}
      {shown && page.error.value === undefined && <Frame url={`${shown.url}&theme=${colours.value}`} />}
    </>
  );
}

function Frame({ url }: { url: string }) {
  return (
    <div class="html-frame" tabIndex={-1}>
      <iframe
        // Another page in the same frame would be a step of the browser's history.
        key={url}
        src={url}
        title="HTML of the mail"
        class={`width-${width.value} ${colours.value}`}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer"
        allow=""
      />
    </div>
  );
}
