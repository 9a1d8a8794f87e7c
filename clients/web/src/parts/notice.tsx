/** What a screen says in the place of its content: errors with what to do, empty lists, work that goes on. */

import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { explained } from "./explained.ts";
import { Icon } from "./icon.tsx";

/** A failure, in words, with a button to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { problem, advice } = explained(error);
  return (
    <div class="notice error" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{problem}</strong>
        </p>
        {advice && <p>{advice}</p>}
        {onRetry && (
          <Button icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

export function Note({
  kind = "info",
  children,
}: {
  kind?: "info" | "warning" | "success";
  children: ComponentChildren;
}) {
  return (
    <div class={`notice ${kind}`} role="note">
      <Icon name={kind === "success" ? "check" : kind} />
      <div>{children}</div>
    </div>
  );
}

/** An empty list: what it would have, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Shown while something is read; says nothing for the first moments, so that nothing flickers. */
export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" /> Loading {what}
    </p>
  );
}
