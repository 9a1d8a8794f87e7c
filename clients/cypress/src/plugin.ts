/**
 * The half that runs in Node, where the API key is. In cypress.config:
 *
 *     import { mayflyTasks } from "@mayfly-mail/cypress/plugin";
 *     export default defineConfig({ e2e: { setupNodeEvents(on) { mayflyTasks(on); } } });
 */

import { Mayfly } from "@mayfly-mail/client";
import type { Inbox, InboxOptions, MayflyOptions, Message, NewMail, Space } from "@mayfly-mail/client";
import { DEFAULT_WAIT, unpacked } from "./tasks.js";
import type { LinkWaitWish, MayflyInbox, MayflyMail, WaitWish } from "./tasks.js";

type Task = (argument: any) => Promise<unknown>; // as in the types of Cypress
type On = (event: "task", tasks: Record<string, Task>) => unknown;
type At<T> = T & { readonly inbox: string };

/** Register the tasks that the commands call. The client takes `MAYFLY_URL` and `MAYFLY_API_KEY` unless options say otherwise. */
export function mayflyTasks(on: On, options: MayflyOptions = {}): void {
  const mayfly = new Mayfly({ timeout: DEFAULT_WAIT, ...options });
  const handles = new Map<string, Promise<Inbox>>();
  const at = (name: string): Promise<Inbox> => {
    const handle = handles.get(name) ?? mayfly.open(name);
    handles.set(name, handle);
    handle.catch(() => handles.delete(name)); // it may exist at the next try
    return handle;
  };
  const keep = (made: Inbox | Space): MayflyInbox => {
    handles.set(made.id, Promise.resolve(made)).set(made.address, Promise.resolve(made));
    return { id: made.id, address: made.address };
  };
  on("task", {
    "mayfly:inbox": async (wish: InboxOptions) => keep(await mayfly.inbox(wish)),
    "mayfly:space": async (name: string | null) => keep(await mayfly.space(name ?? undefined)),
    "mayfly:cursor": async (name: string) => await (await at(name)).cursor(),
    "mayfly:message": async ({ inbox, ...wish }: At<WaitWish>) =>
      mailOf(await (await at(inbox)).waitForMessage(unpacked(wish))),
    "mayfly:code": async ({ inbox, ...wish }: At<WaitWish>) =>
      (await (await at(inbox)).waitForCode(unpacked(wish))).value,
    "mayfly:link": async ({ inbox, ...wish }: At<LinkWaitWish>) => {
      const { url, ...rest } = unpacked(wish as LinkWaitWish);
      return (await (await at(inbox)).waitForLink(url, rest)).url;
    },
    "mayfly:none": async ({ inbox, timeout, ...wish }: At<WaitWish>) =>
      await (await at(inbox)).waitForNone({ ...unpacked(wish), within: timeout ?? 5_000 }),
    "mayfly:inject": async ({ inbox, mail }: At<{ readonly mail: NewMail | string }>) =>
      (await (await at(inbox)).inject(mail)).id,
    "mayfly:delete": async (name: string) => {
      await (await at(name)).delete();
      return null; // Cypress refuses undefined
    },
  });
}

function mailOf(message: Message): MayflyMail {
  const { id, subject, from, to, text, html } = message;
  const links = message.links().map((link) => ({ url: link.url, text: link.text, kind: link.kind }));
  return {
    id,
    subject,
    from,
    to,
    text,
    html,
    code: message.code?.value ?? null,
    links,
    cursor: message.cursor ?? null,
  };
}
