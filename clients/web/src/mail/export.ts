/** Takes mail out of the page: one message as an .eml file, several as a .zip of them. */

import { QuotaExceeded, RateLimited } from "@mayfly-mail/client";
import type { Mayfly } from "@mayfly-mail/client";
import { Zip, ZipDeflate } from "fflate";
import type { Entry } from "./entry.ts";
import { fileNames } from "./file_names.ts";
import { paused } from "./following.ts";

/** What one archive holds at most: the page has it in memory until it is saved. */
export const MOST_MESSAGES = 2_000;
export const MOST_OCTETS = 300 * 1024 * 1024;
const AT_ONCE = 4;

/** Return one message as it came. */
export async function eml(client: Mayfly, id: string, signal: AbortSignal): Promise<Blob> {
  return fileOf([await patiently(async () => await client.raw(id, { signal }), signal)], "message/rfc822");
}

/** Return a .zip of messages, one file each; those that were deleted meanwhile are left out. Throws when aborted. */
export async function zip(
  client: Mayfly,
  entries: readonly Entry[],
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Blob> {
  const parts: Uint8Array[] = [];
  const archive = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  const names = fileNames(entries);
  const left = entries.map((entry, place) => ({ entry, name: names[place]! })).reverse();
  let [done, octets] = [0, 0];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { entry, name } = next;
      const raw = await patiently(async () => await client.raw(entry.id, { signal }), signal).catch(unlessGone);
      signal.throwIfAborted();
      if (raw !== undefined) {
        octets += raw.length;
        if (octets > MOST_OCTETS) throw new Error("These messages are too large for one archive. Choose fewer.");
        const file = new ZipDeflate(name, { level: 6 });
        file.mtime = entry.received_at;
        archive.add(file);
        file.push(raw, true);
      }
      done += 1;
      onProgress(done);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    left.length = 0; // where one has failed, the others ask for no more
  }
  archive.end();
  return fileOf(parts, "application/zip");
}

/** An archive is no hurry: where the limit of calls is reached, it goes on when the server says so. */
async function patiently(read: () => Promise<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RateLimited) || error instanceof QuotaExceeded) throw error;
      await paused(error.retryAfter ?? 5_000, signal);
      signal.throwIfAborted();
    }
  }
}

function unlessGone(error: unknown): undefined {
  const { status } = error as { status?: unknown };
  if (status !== 404 && status !== 410) throw error;
}

function fileOf(parts: readonly Uint8Array[], type: string): Blob {
  return new Blob([...parts] as BlobPart[], { type });
}
