/** Says what happened, to eyes and to screen readers: a line at the edge of the page that goes by itself. */

import { signal } from "@preact/signals";

interface Saying {
  readonly id: number;
  readonly text: string;
  readonly isWarning: boolean;
}

const SHOWN_FOR = 5_000;
/** A warning has more to read, and is of something that was not done. */
const WARNING_SHOWN_FOR = 15_000;
const sayings = signal<readonly Saying[]>([]);
let last = 0;

/** Say that something was done. */
export function announce(text: string): void {
  say(text, false);
}

/** Say that something went wrong, where no place on the screen is better. */
export function warn(text: string): void {
  say(text, true);
}

/** The place of these lines; rendered by the shell, and by each dialog. */
export function Announcer() {
  return (
    <div class="sayings" role="status" aria-live="polite">
      {sayings.value.map((saying) => (
        <p key={saying.id} class={saying.isWarning ? "saying warning" : "saying"}>
          {saying.text}
        </p>
      ))}
    </div>
  );
}

function say(text: string, isWarning: boolean): void {
  last += 1;
  const saying = { id: last, text, isWarning };
  sayings.value = [...sayings.value.filter((other) => other.text !== text), saying].slice(-3);
  setTimeout(
    () => {
      sayings.value = sayings.value.filter((other) => other !== saying);
    },
    isWarning ? WARNING_SHOWN_FOR : SHOWN_FOR,
  );
}
