/** The search of a list, with hints of what may be written next and the server's complaint beside it. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { IconButton } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { hintsFor, taken } from "./search_hints.ts";
import type { Hint } from "./search_hints.ts";

interface Props {
  /** The search that is shown. */
  q: string;
  problem: string;
  tags: readonly string[];
  onSearch: (q: string) => void;
}

export function SearchField({ q, problem, tags, onSearch }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const hints = isOpen ? hintsFor(text, caret, tags) : [];
  useEffect(() => setText(q), [q]);
  useCaret(field, text, caret);

  const look = (): void => {
    setCaret(field.current?.selectionStart ?? 0);
    setOpen(true);
    setChosen(-1);
  };
  const search = (wanted: string): void => {
    setOpen(false);
    onSearch(wanted.trim());
  };
  const take = (hint: Hint): void => {
    const next = taken(text, caret, hint);
    setText(next.text);
    setCaret(next.caret);
    setChosen(-1);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const hint = hints[chosen];
    if (event.key === "Enter") hint ? take(hint) : search(text);
    else if (event.key === "ArrowDown" && hints.length > 0) setChosen((chosen + 1) % hints.length);
    else if (event.key === "ArrowUp" && hints.length > 0) setChosen((Math.max(chosen, 0) || hints.length) - 1);
    else if (event.key === "Escape") hints.length > 0 ? setOpen(false) : leave(field.current, text, setText, q);
    else return;
    event.preventDefault();
  };
  return (
    <search class="list-search">
      <Icon name="search" size={18} />
      <input
        ref={field}
        id={`${id}-field`}
        type="text"
        role="combobox"
        inputMode="search"
        enterkeyhint="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={1_000}
        placeholder="Search, such as from:shop has:code"
        aria-label="Search messages"
        aria-expanded={hints.length > 0}
        aria-controls={`${id}-hints`}
        aria-autocomplete="list"
        aria-activedescendant={chosen < 0 ? undefined : `${id}-${chosen}`}
        aria-describedby={`${id}-problem`}
        aria-invalid={problem !== ""}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          look();
        }}
        onFocus={look}
        onClick={look}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {(text !== "" || q !== "") && (
        <IconButton
          icon="close"
          label="Clear the search"
          onClick={() => {
            setText("");
            search("");
            field.current?.focus();
          }}
        />
      )}
      <Hints id={id} hints={hints} chosen={chosen} onTake={take} />
      <p id={`${id}-problem`} class="problem" role="alert" hidden={problem === ""}>
        {problem}
      </p>
    </search>
  );
}

interface HintsProps {
  id: string;
  hints: readonly Hint[];
  /** Place of the one that Enter takes; -1: none. */
  chosen: number;
  onTake: (hint: Hint) => void;
}

function Hints({ id, hints, chosen, onTake }: HintsProps) {
  return (
    <ul id={`${id}-hints`} role="listbox" aria-label="What may come next" class="hints" hidden={hints.length === 0}>
      {hints.map((hint, place) => (
        <li
          key={hint.text}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === chosen}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(hint);
          }}
        >
          <code>{hint.text}</code> <span>{hint.does}</span>
        </li>
      ))}
    </ul>
  );
}

/** After a hint was taken, writing goes on behind it. */
function useCaret(field: { current: HTMLInputElement | null }, text: string, caret: number): void {
  useEffect(() => {
    if (document.activeElement === field.current && field.current?.value === text) {
      field.current.setSelectionRange(caret, caret);
    }
  }, [text, caret]);
}

/** Escape drops what was not searched for, and then leaves the field. */
function leave(field: HTMLInputElement | null, text: string, setText: (text: string) => void, q: string): void {
  if (text !== q) setText(q);
  else field?.blur();
}
