/** What a section shows while it reads, and where it may not: which scope or plan it takes. */

import { Forbidden } from "@mayfly-mail/client";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Loaded } from "../parts/loaded.ts";
import { explained } from "../parts/explained.ts";
import { Failed, Loading, Note } from "../parts/notice.tsx";

interface Props<T> {
  of: Loaded<T>;
  /** What is read, such as "your keys". */
  what: string;
  children: (data: T) => ComponentChildren;
}

export function Reading<T>({ of, what, children }: Props<T>) {
  const error = of.error.value;
  // After signing in again it is read anew. What was there stays meanwhile, with what was typed into it.
  const last = useRef<T | undefined>(undefined);
  last.current = of.data.value ?? (error === undefined ? last.current : undefined);
  const data = last.current;
  return (
    <>
      {error !== undefined && <Trouble error={error} onRetry={() => void of.reload()} />}
      {data !== undefined ? children(data) : error === undefined && <Loading what={what} />}
    </>
  );
}

/** A failure: calm where nothing failed but the caller may not. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  if (!(error instanceof Forbidden)) return <Failed error={error} onRetry={onRetry} />;
  const { problem, advice } = explained(error);
  return (
    <div role="alert">
      <Note kind="warning">
        <p>
          <strong>{problem}</strong>
        </p>
        <p>{advice}</p>
      </Note>
    </div>
  );
}
