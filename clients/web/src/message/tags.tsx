/** The tags of a message: remove one, add one. */

import type { Mayfly, models } from "@mayfly-mail/client";
import { changeMessage } from "@mayfly-mail/client/operations";
import { useEffect, useId, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Failed } from "../parts/notice.tsx";
import { announce } from "../shell/announcer.tsx";

const LONGEST = 100;

interface Props {
  message: models.MessageData;
  client: Mayfly;
  onChanged: (message: models.MessageData) => void;
}

export function Tags({ message, client, onChanged }: Props) {
  const text = useSignal("");
  const isOpen = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLDivElement>(null);
  const id = useId();
  const change = useAction(async (tags: readonly string[]) => {
    onChanged(await client.call(changeMessage(message.id, { tags: [...tags] })));
  });
  useEffect(() => {
    if (isOpen.value) field.current?.focus();
  }, [isOpen.value]);
  const toOpener = (): void => opener.current?.querySelector<HTMLElement>("[data-adds]")?.focus();
  const remove = async (tag: string): Promise<void> => {
    if (!(await change.run(message.tags.filter((other) => other !== tag)))) return;
    announce(`Tag ${tag} removed`);
    if (document.activeElement === document.body || document.activeElement === null) toOpener();
  };
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tag = text.value.trim();
    if (tag === "" || !(await change.run([...message.tags, tag]))) return;
    text.value = "";
    announce(`Tag ${tag} added`);
    field.current?.focus();
  };
  const close = (): void => {
    isOpen.value = false;
    requestAnimationFrame(toOpener);
  };
  return (
    <div class="tags" ref={opener}>
      <TagList tags={message.tags} isBusy={change.isBusy.value} onRemove={(tag) => void remove(tag)} />
      {isOpen.value ? (
        <form
          class="tag-form"
          onSubmit={(event) => void add(event)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            event.preventDefault();
            close();
          }}
        >
          <label class="visually-hidden" for={id}>
            New tag
          </label>
          <input
            id={id}
            ref={field}
            value={text.value}
            maxLength={LONGEST}
            autocomplete="off"
            placeholder="New tag"
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
          <Button type="submit" isBusy={change.isBusy.value}>
            Add
          </Button>
          <Button kind="quiet" onClick={close}>
            Done
          </Button>
        </form>
      ) : (
        <Button kind="quiet" icon="plus" data-adds onClick={() => (isOpen.value = true)}>
          Add tag
        </Button>
      )}
      {change.error.value !== undefined && <Failed error={change.error.value} />}
    </div>
  );
}

interface ListProps {
  tags: readonly string[];
  isBusy: boolean;
  onRemove: (tag: string) => void;
}

function TagList({ tags, isBusy, onRemove }: ListProps) {
  if (tags.length === 0) return null;
  return (
    <ul aria-label="Tags">
      {tags.map((tag) => (
        <li key={tag} class="tag">
          <bdi>{tag}</bdi>
          <button
            type="button"
            aria-label={`Remove tag ${tag}`}
            title={`Remove tag ${tag}`}
            aria-disabled={isBusy}
            onClick={() => onRemove(tag)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
