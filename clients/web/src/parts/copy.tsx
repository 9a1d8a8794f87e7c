/** Copies a text with one click, and says that it did. */

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { announce, warn } from "../shell/announcer.tsx";
import { Button } from "./button.tsx";

const SHOWN_FOR = 1_500;

interface Props {
  text: string;
  /** Names the button, such as "Copy address". */
  label: string;
  /** What it shows; the label by default. */
  children?: ComponentChildren;
  kind?: "plain" | "primary" | "quiet";
  class?: string;
}

export function CopyButton({ text, label, children, kind = "plain", class: more }: Props) {
  const [isCopied, setCopied] = useState(false);
  const timer = useRef(0);
  const copy = async (): Promise<void> => {
    if (!(await copied(text))) return warn("Copying is not allowed here. Select the text and copy it by hand.");
    announce("Copied");
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setCopied(false), SHOWN_FOR);
  };
  return (
    <Button
      kind={kind}
      icon={isCopied ? "check" : "copy"}
      aria-label={label}
      title={label}
      class={more ?? ""}
      onClick={() => void copy()}
    >
      {children ?? label}
    </Button>
  );
}

/** Put a text on the clipboard; return whether it is there. Over plain HTTP browsers have the older way only. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    const focused = document.activeElement;
    // Outside of a dialog that is open nothing can be selected.
    (focused?.closest("dialog") ?? document.body).append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return isDone;
  }
}
