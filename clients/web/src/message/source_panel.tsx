/** A mail octet for octet as it was received: the beginning, and more when it is asked for. */

import { useMemo, useState } from "preact/hooks";
import { Button } from "../parts/button.tsx";
import { useLoaded } from "../parts/loaded.ts";
import { Failed, Loading } from "../parts/notice.tsx";
import { sizeOf } from "../parts/sizes.ts";
import { LongText } from "./long_text.tsx";
import { TextTools, isWrapped } from "./text_panel.tsx";
import { readOctets, visible } from "../parts/visible.ts";

const STEP = 262_144;
/** A larger one is fetched when somebody says so. */
const LARGE = 3_000_000;

interface Props {
  octets: number;
  read: (signal: AbortSignal) => Promise<Uint8Array>;
  onSave: () => void;
}

export function SourcePanel(props: Props) {
  const [isWanted, setWanted] = useState(props.octets <= LARGE);
  if (isWanted) return <Source {...props} />;
  return (
    <div class="actions">
      <Button onClick={() => setWanted(true)}>Load the source ({sizeOf(props.octets)})</Button>
      <Button icon="download" onClick={props.onSave}>
        Download .eml
      </Button>
    </div>
  );
}

function Source({ read, onSave }: Props) {
  const source = useLoaded(read, []);
  const [most, setMost] = useState(STEP);
  const octets = source.data.value;
  const text = useMemo(() => (octets ? visible(readOctets(octets.subarray(0, most))) : ""), [octets, most]);
  if (octets === undefined) {
    if (source.isLoading.value) return <Loading what="the source" />;
    return <Failed error={source.error.value} onRetry={() => void source.reload()} />;
  }
  return (
    <>
      <div class="panel-tools">
        <TextTools text={text} label={octets.length > most ? "Copy what is shown" : "Copy source"} />
        <Button icon="download" onClick={onSave}>
          Download .eml ({sizeOf(octets.length)})
        </Button>
      </div>
      <LongText text={text} label="Source of the mail" isWrapped={isWrapped.value} />
      {octets.length > most && (
        <Button onClick={() => setMost(most + STEP)}>
          Show the next {sizeOf(Math.min(STEP, octets.length - most))} ({sizeOf(octets.length - most)} left)
        </Button>
      )}
    </>
  );
}
