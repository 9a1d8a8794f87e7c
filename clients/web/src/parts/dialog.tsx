/** Dialogs: the browser's own, so focus stays inside, Escape closes, and focus goes back to where it was. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { Announcer } from "../shell/announcer.tsx";
import { focusHeading } from "../shell/screen.tsx";
import { Button, IconButton } from "./button.tsx";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  isWide?: boolean;
}

/** Show a dialog for as long as it is rendered. */
export function Dialog({ title, onClose, children, isWide = false }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const named = useRef(title);
  useEffect(() => {
    // Another title is another content: what had the focus is gone with the last one.
    if (named.current !== title) document.getElementById(heading)?.focus();
    named.current = title;
  }, [title]);
  // Before the next key is read: an Enter right after # would else open the message that is to be deleted.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    // Once the dialog is gone: until then nothing outside of it takes the focus.
    return () => queueMicrotask(() => giveBack(before));
  }, []);
  return (
    <dialog ref={box} class={isWide ? "dialog wide" : "dialog"} aria-labelledby={heading} onClose={onClose}>
      <header>
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="close" label="Close" onClick={() => box.current?.close()} />
      </header>
      {children}
      {/* While a dialog is open, all outside of it is silent and in the shade. */}
      <Announcer />
    </dialog>
  );
}

function giveBack(before: Element | null): void {
  if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
  else focusHeading();
}

interface Question {
  title: string;
  text: string;
  /** On the button that does it, such as "Delete 3 messages". */
  action: string;
  answer: (isYes: boolean) => void;
}

const asked = signal<Question | undefined>(undefined);

/** Ask before something that cannot be undone; resolves to whether to do it. */
export async function confirmed(title: string, text: string, action: string): Promise<boolean> {
  return await new Promise((answer) => {
    asked.value = { title, text, action, answer };
  });
}

/** The place of such questions; rendered once, by the shell. */
export function Questions() {
  const question = asked.value;
  if (!question) return null;
  const settle = (isYes: boolean): void => {
    asked.value = undefined;
    question.answer(isYes);
  };
  return (
    <Dialog title={question.title} onClose={() => settle(false)}>
      <p>{question.text}</p>
      <footer>
        <Button onClick={() => settle(false)}>Cancel</Button>
        <Button kind="danger" onClick={() => settle(true)} autofocus>
          {question.action}
        </Button>
      </footer>
    </Dialog>
  );
}
