/**
 * The half that runs in the browser: `import "@mayfly-mail/cypress"` in cypress/support/e2e.
 *
 *     cy.mayflyInbox().then((inbox) => {
 *       cy.get("#email").type(inbox.address);
 *       cy.mayflyCode(inbox).then((code) => cy.get("#code").type(code));
 *     });
 */

import type { InboxOptions, NewMail, NoMailProof } from "@mayfly-mail/client";
import { DEFAULT_WAIT, packed } from "./tasks.js";
import type { LinkWaitWish, MayflyInbox, MayflyMail, WaitWish } from "./tasks.js";

export type { LinkWaitWish, MayflyInbox, MayflyMail, WaitWish } from "./tasks.js";

/** An inbox that a command yielded, or its address. */
export type Inboxlike = string | MayflyInbox;

declare global {
  namespace Cypress {
    interface Chainable<Subject = any> {
      /** Make an inbox. It ends after an hour, or as `ttl` says. */
      mayflyInbox(options?: Pick<InboxOptions, "label" | "ttl" | "address" | "domain">): Chainable<MayflyInbox>;
      /** Make a space: one inbox for many addresses. */
      mayflySpace(name?: string): Chainable<MayflyInbox>;
      /** The place of now: give it as `after`, so that older mail does not count. */
      mayflyCursor(inbox: Inboxlike): Chainable<number>;
      /** Wait for a mail. A failure lists what came instead. */
      mayflyMessage(inbox: Inboxlike, wish?: WaitWish): Chainable<MayflyMail>;
      /** Wait for a one-time code. */
      mayflyCode(inbox: Inboxlike, wish?: WaitWish): Chainable<string>;
      /** Wait for a link, by a part of its URL: `cy.mayflyLink(inbox, { url: "/verify/" })`. */
      mayflyLink(inbox: Inboxlike, wish?: LinkWaitWish): Chainable<string>;
      /** Prove that no mail comes, for 5 seconds or `timeout`. */
      mayflyNone(inbox: Inboxlike, wish?: WaitWish): Chainable<NoMailProof>;
      /** Put a mail into the inbox without SMTP. */
      mayflyInject(inbox: Inboxlike, mail: NewMail | string): Chainable<string>;
      /** End the inbox. */
      mayflyDelete(inbox: Inboxlike): Chainable<null>;
    }
  }
}

/** What is used of Cypress's globals. */
interface Globals {
  readonly Cypress: { readonly Commands: { add(name: string, command: (...given: never[]) => unknown): void } };
  readonly cy: { task(name: string, argument: unknown, options: { timeout: number }): unknown };
}

/** More than the client itself retries, so that its error comes first: it says what is wrong. */
const MARGIN = 70_000;

function register({ Cypress, cy }: Globals): void {
  const run = (task: string, argument: unknown, wait = 0): unknown =>
    cy.task(`mayfly:${task}`, argument, { timeout: wait + MARGIN });
  const waiting =
    (task: string, usual: number) =>
    (inbox: Inboxlike, wish: WaitWish = {}) =>
      run(task, { ...packed(wish), inbox: nameOf(inbox) }, wish.timeout ?? usual);
  const commands: Record<string, (...given: never[]) => unknown> = {
    mayflyInbox: (options: object = {}) => run("inbox", options),
    mayflySpace: (name: string | null = null) => run("space", name),
    mayflyCursor: (inbox: Inboxlike) => run("cursor", nameOf(inbox)),
    mayflyMessage: waiting("message", DEFAULT_WAIT),
    mayflyCode: waiting("code", DEFAULT_WAIT),
    mayflyLink: waiting("link", DEFAULT_WAIT),
    mayflyNone: waiting("none", 5_000),
    mayflyInject: (inbox: Inboxlike, mail: NewMail | string) => run("inject", { inbox: nameOf(inbox), mail }),
    mayflyDelete: (inbox: Inboxlike) => run("delete", nameOf(inbox)),
  };
  for (const [name, command] of Object.entries(commands)) Cypress.Commands.add(name, command);
}

function nameOf(inbox: Inboxlike): string {
  return typeof inbox === "string" ? inbox : inbox.address;
}

register(globalThis as unknown as Globals);
