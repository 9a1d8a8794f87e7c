/** The client against a running Mayfly: `MAYFLY_URL`, `MAYFLY_API_KEY`, and the SMTP port in `SMTP_PORT`. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { createTransport } from "nodemailer";
import {
  Gone,
  Mayfly,
  NotFound,
  Space,
  Unauthorized,
  UnexpectedMessage,
  WaitTimeout,
  verifyWebhook,
} from "@mayfly-mail/client";
import * as operations from "@mayfly-mail/client/operations";

const mayfly = new Mayfly();
const transport = createTransport({ host: "127.0.0.1", port: Number(process.env.SMTP_PORT), ignoreTLS: true });
const made = [];
after(async () => {
  transport.close();
  await Promise.allSettled(made.map((inbox) => inbox.delete()));
});

async function inboxOf(options) {
  const inbox = await mayfly.inbox(options);
  made.push(inbox);
  return inbox;
}

async function send(to, mail = {}) {
  return await transport.sendMail({
    from: "Shop <shop@example.com>",
    to,
    subject: "Your code",
    text: "Your code is 482193",
    ...mail,
  });
}

test("a code, a link, a mail and the proof that none came", async () => {
  const inbox = await inboxOf({ label: "signup", ttl: "10m" });
  const mark = await inbox.cursor();
  const html = '<p>Your code is <b>482193</b></p><a href="https://shop.test/reset/?t=1&amp;u=2">Reset</a>';
  await send(inbox.address, { subject: "Grüße 🪰", html });
  const code = await inbox.waitForCode({ after: mark });
  assert.equal(code.value, "482193");
  assert.equal(code.message.subject, "Grüße 🪰");
  assert.equal((await inbox.waitForLink("/reset/")).url, "https://shop.test/reset/?t=1&u=2");
  assert.equal((await inbox.waitForMessage({ from: "shop@", subject: /^gr.{1,2}e/i })).fromName, "Shop");
  const proof = await inbox.waitForNone({ after: code.cursor, within: 50 });
  assert.ok(proof.drainedUpTo >= 0 && proof.cursor >= (code.cursor ?? Infinity));
  await assert.rejects(inbox.waitForNone({ subject: "Grüße", within: 0 }), UnexpectedMessage);
});

test("the newest code counts without a cursor; with one, codes come in turn", async () => {
  const inbox = await inboxOf();
  const codes = ["111222", "333444", "555666"];
  for (const code of codes) {
    await send(inbox.address, { text: `Your code is ${code}` });
    await inbox.messages(); // waits until it is stored: mails that are sent at once are stored in any order
  }
  const all = await inbox.waitForMessages(3);
  assert.deepEqual(
    all.map((mail) => mail.code?.value),
    codes,
  );
  assert.equal((await inbox.waitForCode()).value, "555666");
  assert.equal((await inbox.waitForCode({ after: all[0].cursor })).value, "333444");
});

test("a timeout names what came and which criterion it failed", async () => {
  const inbox = await inboxOf();
  await send(inbox.address, { subject: "Welcome", text: "Hello" });
  await inbox.waitForMessage();
  await assert.rejects(inbox.waitForMessage({ subject: "Reset", hasOtp: true, timeout: 100 }), (error) => {
    assert.ok(error instanceof WaitTimeout);
    assert.match(error.message, /came: "Welcome" \(failed: .*subject.*\)/);
    return true;
  });
});

test("raw mail, attachments, lists, tags and marks", async () => {
  const inbox = await inboxOf();
  const octets = new Uint8Array(70_000).map((_, index) => index % 251);
  await inbox.inject({
    subject: "Files",
    attachments: [
      { filename: "ü.bin", content: octets },
      { filename: "b.txt", content: "ä" },
    ],
  });
  const mail = await inbox.waitForMessage();
  assert.deepEqual(await inbox.attachment(mail, "ü.bin"), octets);
  assert.equal(new TextDecoder().decode(await inbox.attachment(mail, 1)), "ä");
  await assert.rejects(inbox.attachment(mail, "c.txt"), { name: "NotFound", message: /"b.txt"/ });
  assert.match(new TextDecoder().decode(await inbox.raw(mail)), /^Subject: Files/m);
  assert.equal((await inbox.messages({ unread: true })).length, 1);
  assert.equal((await inbox.markRead(mail)).data.is_read, true);
  assert.equal((await inbox.markRead(mail, false)).data.is_read, false);
  assert.equal((await inbox.message(mail, { markRead: true })).id, mail.id);
  assert.deepEqual(await inbox.messages({ unread: true }), []);
  assert.equal((await inbox.search("subject:files"))[0]?.id, mail.id);
  assert.equal((await inbox.latest())?.header("SUBJECT"), "Files");
  await inbox.deleteMessage(mail);
  await inbox.deleteMessage(mail); // it is gone: nothing to do
  assert.equal(await inbox.latest(), null);
  await assert.rejects(inbox.message(mail), NotFound);
});

test("a raw mail is taken as it is", async () => {
  const inbox = await inboxOf();
  await inbox.inject("From: a@example.com\r\nTo: b@example.com\r\nSubject: Raw\r\n\r\nHello\r\n");
  assert.equal((await inbox.waitForMessage()).subject, "Raw");
});

test("SMTP fails as the plan says, and as usual afterwards", async () => {
  const inbox = await inboxOf();
  const faults = await inbox.fault("451 x2, accept");
  assert.equal(await faults.remaining(), 2);
  for (let attempt = 0; attempt < 2; attempt += 1) await assert.rejects(send(inbox.address), { responseCode: 451 });
  await send(inbox.address);
  assert.ok((await faults.seen()) >= 2);
  assert.equal(await faults.remaining(), 0);
  await faults.clear();
  assert.equal(await inbox.faultPlan(), null);
  assert.deepEqual([await faults.seen(), await faults.remaining()], [0, 0]);
  await faults.clear(); // there is none: nothing to do
});

test("a space takes mail for anybody through its own login, and is deleted by its end", async () => {
  const space = await mayfly.space("e2e");
  assert.ok(space instanceof Space && space.smtp?.password);
  const { host, port, user, password } = space.smtp;
  const login = createTransport({ host, port, auth: { user, pass: password }, ignoreTLS: true });
  await login.sendMail({ from: "shop@example.com", to: "ann@any.test", subject: "Welcome", text: "Hello" });
  login.close();
  assert.deepEqual((await space.waitForMessage({ to: "ann@any.test" })).recipients, ["ann@any.test"]);
  await space.waitForNone({ to: "eve@any.test", within: 0 });
  const opened = await mayfly.openSpace(space.id);
  assert.deepEqual([opened.name, opened.label, opened.maxMessages], ["e2e", "e2e", space.maxMessages]);
  await opened.change({ maxMessages: 7, maxAge: "1h" });
  assert.deepEqual([opened.maxMessages, opened.maxAge], [7, 3_600_000]);
  const made = await opened.addCredentials("another");
  assert.deepEqual((await opened.credentials()).map((each) => each.label).sort(), ["another", "first"]);
  await opened.revokeCredentials(made.id);
  await opened.revokeCredentials(made.id); // it is gone: nothing to do
  assert.equal((await mayfly.openSpace(space.id, { token: space.token })).smtp?.password, undefined);
  assert.ok((await mayfly.spaces()).some((each) => each.id === space.id));
  await space[Symbol.asyncDispose]();
  await space.delete(); // it has ended: nothing to do
  await assert.rejects(mayfly.openSpace(space.id), NotFound);
});

test("a stream tells each mail once, and of the inbox's end", async () => {
  const inbox = await inboxOf();
  const types = [];
  for await (const event of inbox.stream({ after: await inbox.cursor() })) {
    types.push(event.type);
    if (event.type === "connected") await send(inbox.address);
    if (event.type === "message") {
      assert.deepEqual([event.subject, event.from, event.hasOtp], ["Your code", "shop@example.com", true]);
      await inbox.delete();
    }
  }
  assert.deepEqual(types, ["connected", "message", "deleted"]);
});

test("a stream whose inbox does not exist, or whose key is wrong, fails at once", async () => {
  const stranger = new Mayfly({ apiKey: "mfy_wrong_key" });
  const inbox = await inboxOf();
  const foreign = await stranger.open(inbox.address, { token: inbox.token });
  await inbox.delete();
  await assert.rejects(foreign.stream().next(), (error) =>
    [NotFound, Gone, Unauthorized].some((kind) => error instanceof kind),
  );
});

test("anonymous inboxes are opened by their token", async () => {
  const inbox = await new Mayfly({ apiKey: "" }).anonymousInbox();
  await send(inbox.address);
  assert.equal((await inbox.waitForCode()).value, "482193");
  assert.equal((await mayfly.open(inbox.address, { token: inbox.token })).id, inbox.id);
  await inbox.delete();
});

test("webhooks are made, tested and verified", async () => {
  const got = Promise.withResolvers ? Promise.withResolvers() : deferred();
  const receiver = createServer(async (request, response) => {
    const body = [];
    for await (const piece of request) body.push(piece);
    response.end();
    got.resolve({ headers: request.headers, body: Buffer.concat(body) });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const webhook = await mayfly.webhooks.create(`http://127.0.0.1:${receiver.address().port}/`, { description: "test" });
  await mayfly.webhooks.test(webhook);
  const { headers, body } = await got.promise;
  assert.equal((await verifyWebhook(webhook.secret ?? "", headers, body)).type, "webhook.test");
  assert.equal((await mayfly.webhooks.deliveries(webhook, { limit: null })).length, 1);
  assert.deepEqual(await mayfly.webhooks.deliveries(webhook, { status: "failed" }), []);
  assert.equal((await mayfly.webhooks.replay(webhook, { since: new Date(), deliveredToo: true })).accepted, true);
  await mayfly.webhooks.delete(webhook);
  await mayfly.webhooks.delete(webhook); // it is gone: nothing to do
  receiver.close();
});

test("every other call is reached by its operation", async () => {
  assert.equal((await mayfly.health()).ok, true);
  assert.ok((await mayfly.domains()).length > 0);
  assert.equal((await mayfly.call(operations.getAccount())).id, (await mayfly.account()).id);
  assert.ok((await mayfly.usage()).limits.active_inboxes > 0);
  assert.equal(typeof (await mayfly.discovery()).docs, "string");
});

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}
