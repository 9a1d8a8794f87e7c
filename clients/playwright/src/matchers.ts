/** `expect(inbox).toReceive(criteria)` waits for a mail; `expect(inbox).not.toReceive(criteria)` proves that none came. */

import { expect as base } from "@playwright/test";
import type { Criteria, Cursor, Duration, Inbox } from "@mayfly-mail/client";

/** Which mail is expected, and for how long. */
export interface Expected extends Criteria {
  /** Only mail after this cursor. */
  readonly after?: Cursor | undefined;
  /** As long as `expect` waits by default (5 seconds unless it is configured). */
  readonly timeout?: Duration | undefined;
}

interface Result {
  readonly pass: boolean;
  readonly message: () => string;
  readonly name: string;
}

const NAME = "toReceive";

export const expect = base.extend({
  /** Wait until the inbox has a matching mail; with `not`, prove that none comes. A failure lists what did come. */
  async toReceive(inbox: Inbox, expected: Expected = {}): Promise<Result> {
    if (typeof (inbox as Partial<Inbox> | undefined)?.waitForNone !== "function")
      throw new TypeError("toReceive: expect() takes an inbox or a space, such as the fixture `inbox`");
    const { timeout = this.timeout, ...wanted } = expected;
    return this.isNot ? await provedAbsent(inbox, wanted, timeout) : await received(inbox, wanted, timeout);
  },
});

async function received(inbox: Inbox, wanted: Criteria, timeout: Duration): Promise<Result> {
  try {
    await inbox.waitForMessage({ ...wanted, timeout });
    return { pass: true, name: NAME, message: () => "" };
  } catch (error) {
    if (!isNamed(error, "WaitTimeout")) throw error;
    return { pass: false, name: NAME, message: () => `expect(inbox).toReceive() failed: ${error.message}` };
  }
}

async function provedAbsent(inbox: Inbox, wanted: Criteria, within: Duration): Promise<Result> {
  try {
    await inbox.waitForNone({ ...wanted, within });
    return { pass: false, name: NAME, message: () => "" };
  } catch (error) {
    if (!isNamed(error, "UnexpectedMessage")) throw error;
    return { pass: true, name: NAME, message: () => `expect(inbox).not.toReceive() failed: ${error.message}` };
  }
}

/** By name: a project may have a second copy of the client, whose classes are others. */
function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}
