/** What the report of a failed test shows: the inbox, a table of its mail, and each mail as a file. */

import type { TestInfo } from "@playwright/test";
import { MayflyError, NotFound, Gone } from "@mayfly-mail/client";
import type { Inbox, models } from "@mayfly-mail/client";

const MOST_MAILS = 20;

/** Attach an inbox's mail. A server that is away is noted instead: the test's own failure is what counts. */
export async function attachMail(inbox: Inbox, testInfo: TestInfo, signal: AbortSignal): Promise<void> {
  testInfo.annotations.push({
    type: "mayfly",
    description: `${inbox.address} is kept until ${inbox.expiresAt?.toISOString() ?? "you delete it"}`,
  });
  try {
    const entries = await inbox.messages({ limit: MOST_MAILS, signal });
    await testInfo.attach("mail", { body: table(inbox.address, entries), contentType: "text/plain" });
    for (const [index, entry] of entries.entries()) {
      const body = Buffer.from(await inbox.raw(entry, { signal }));
      await testInfo.attach(fileName(entries.length - index, entry.subject), { body, contentType: "message/rfc822" });
    }
  } catch (error) {
    if (!(error instanceof MayflyError || signal.aborted)) throw error;
    const isEnded = error instanceof NotFound || error instanceof Gone;
    const body = `${isEnded ? `${inbox.address} has ended` : "the mail could not be read"}: ${String(error)}`;
    await testInfo.attach("mail", { body, contentType: "text/plain" });
  }
}

function table(address: string, entries: readonly models.MessageEntry[]): string {
  if (entries.length === 0) return `No mail came to ${address}.\n`;
  const lines = entries.map((entry) => {
    const subject = JSON.stringify(entry.subject);
    return `${entry.received_at}  ${entry.from_address}  ${subject}${entry.has_otp ? "  has a code" : ""}`;
  });
  return `Mail of ${address}, newest first:\n${lines.join("\n")}\n`;
}

function fileName(number: number, subject: string): string {
  const words = subject
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return `${number}-${words || "mail"}.eml`;
}
