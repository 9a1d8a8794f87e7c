/** The commands and their tasks, with a stub in the place of Cypress: it passes JSON alone, refuses undefined, and notes time limits. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mayflyTasks } from "@mayfly-mail/cypress/plugin";

const tasks = {};
const called = [];
const commands = {};
const made = [];

before(async () => {
  globalThis.Cypress = { Commands: { add: (name, command) => (commands[name] = command) } };
  globalThis.cy = {
    async task(name, argument, options) {
      called.push({ name, ...options });
      const result = await tasks[name](JSON.parse(JSON.stringify(argument)));
      assert.notEqual(result, undefined, `${name} returned undefined`);
      return JSON.parse(JSON.stringify(result));
    },
  };
  mayflyTasks((event, given) => (assert.equal(event, "task"), Object.assign(tasks, given)));
  await import("@mayfly-mail/cypress");
});
after(async () => {
  for (const inbox of made) await commands.mayflyDelete(inbox);
});

async function inboxOf(options) {
  const inbox = await commands.mayflyInbox(options);
  made.push(inbox);
  return inbox;
}

test("a code, a link and a mail are waited for by plain values", async () => {
  const inbox = await inboxOf({ label: "cypress", ttl: "10m" });
  const mark = await commands.mayflyCursor(inbox);
  const mail = {
    subject: "Your code",
    text: "Your code is 482193",
    html: '<a href="https://x.test/verify?a=1">Confirm</a> 482193',
  };
  await commands.mayflyInject(inbox, mail);
  assert.equal(await commands.mayflyCode(inbox.address, { after: mark }), "482193");
  assert.equal(await commands.mayflyLink(inbox, { url: "/verify", text: /^confirm$/i }), "https://x.test/verify?a=1");
  const got = await commands.mayflyMessage(inbox, { subject: /^your\s/i, from: "sender@" });
  assert.deepEqual([got.subject, got.code, got.links.length], ["Your code", "482193", 1]);
  assert.equal(typeof (await commands.mayflyNone(inbox, { after: got.cursor, timeout: 10 })).drainedUpTo, "number");
});

test("the task's time limit is longer than the wait, so that the failure that comes says what arrived", async () => {
  const inbox = await inboxOf();
  await commands.mayflyInject(inbox, { subject: "Welcome" });
  await commands.mayflyMessage(inbox);
  await assert.rejects(commands.mayflyCode(inbox, { timeout: 50 }), { message: /came: "Welcome" \(failed: has_otp\)/ });
  assert.ok((called.at(-1)?.timeout ?? 0) > 50);
  await commands.mayflyMessage(inbox, { timeout: 120_000 });
  assert.ok((called.at(-1)?.timeout ?? 0) > 120_000);
});

test("a space takes mail for anybody", async () => {
  const space = await commands.mayflySpace("cypress");
  made.push(space);
  await commands.mayflyInject(space, { to: "ann@any.test", subject: "Hi" });
  assert.deepEqual((await commands.mayflyMessage(space, { to: "ann@any.test" })).to, ["ann@any.test"]);
});

test("no argument of a command holds a secret", async () => {
  const inbox = await inboxOf();
  assert.deepEqual(Object.keys(inbox).sort(), ["address", "id"]);
});
