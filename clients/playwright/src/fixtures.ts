/** The fixtures. An inbox belongs to one attempt at one test; after a failure it stays, and its mail is in the report. */

import { test as base } from "@playwright/test";
import type { TestInfo } from "@playwright/test";
import { Mayfly } from "@mayfly-mail/client";
import type { Duration, Inbox, InboxOptions, Space, SpaceSettings } from "@mayfly-mail/client";
import { attachMail } from "./report.js";

export interface MayflyFixtures {
  /** Of the inboxes that `inbox` makes: `test.use({ inboxOptions: { domain: "shop.test" } })`. */
  inboxOptions: Omit<InboxOptions, "signal" | "idempotencyKey">;
  /** Of the spaces that `space` makes. */
  spaceOptions: SpaceSettings;
  /** An inbox for this attempt alone, deleted afterwards unless the test failed. */
  inbox: Inbox;
  /** A space for this attempt alone: one list for any recipients, with an SMTP login in `space.smtp`. */
  space: Space;
}

export interface MayflyWorkerFixtures {
  /** The server; `MAYFLY_URL` or http://127.0.0.1:8080 by default. The key comes from the environment, so that no report shows it. */
  mayflyUrl: string | undefined;
  /** How long waits wait by default: 15 seconds, so that they fail with what came before the test's own 30 seconds are over. */
  mayflyTimeout: Duration;
  /** The client that all tests of a worker use. */
  mayfly: Mayfly;
}

const LONGEST_LABEL = 200;
const LONGEST_END = 5_000;

export const test = base.extend<MayflyFixtures, MayflyWorkerFixtures>({
  mayflyUrl: [undefined, { option: true, scope: "worker" }],
  mayflyTimeout: ["15s", { option: true, scope: "worker" }],
  mayfly: [
    async ({ mayflyUrl, mayflyTimeout }, use) => {
      await use(new Mayfly({ url: mayflyUrl, timeout: mayflyTimeout, retryFor: "20s" }));
    },
    { scope: "worker" },
  ],
  inboxOptions: [{}, { option: true }],
  spaceOptions: [{}, { option: true }],
  inbox: async ({ mayfly, inboxOptions }, use, testInfo) => {
    const inbox = await mayfly.inbox({ label: labelOf(testInfo), ...inboxOptions });
    await use(inbox);
    await finish(inbox, testInfo);
  },
  space: async ({ mayfly, spaceOptions }, use, testInfo) => {
    const space = await mayfly.space({ name: labelOf(testInfo), ...spaceOptions });
    await use(space);
    await finish(space, testInfo);
  },
});

function labelOf(testInfo: TestInfo): string {
  const attempt = testInfo.retry > 0 ? ` (retry ${testInfo.retry})` : "";
  return `${testInfo.titlePath
    .slice(1)
    .join(" > ")
    .slice(0, LONGEST_LABEL - attempt.length)}${attempt}`;
}

/** Report or delete. Neither may fail a test that passed, or use up the time in which other fixtures are ended. */
async function finish(inbox: Inbox, testInfo: TestInfo): Promise<void> {
  const signal = AbortSignal.timeout(LONGEST_END);
  if (testInfo.status !== testInfo.expectedStatus) return await attachMail(inbox, testInfo, signal);
  await inbox.delete({ signal }).catch((error: unknown) => {
    testInfo.annotations.push({ type: "mayfly", description: `${inbox.address} was not deleted: ${String(error)}` });
  });
}
