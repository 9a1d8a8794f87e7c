// Calls every method of npm's mailpit-api: node mailpit_api.js URL
// Prints, as JSON, the status of each method that a server may refuse; fails where an answer is not Mailpit's.
"use strict";
const assert = require("node:assert/strict");
const { MailpitClient } = require("mailpit-api");

const [url, username, password] = process.argv.slice(2);
const client = new MailpitClient(url, username ? { auth: { username, password } } : undefined);
const called = new Set();
const mailpit = new Proxy(client, {
  get(target, name) {
    called.add(name);
    return target[name].bind(target);
  },
});
const PDF = Buffer.from("%PDF-1.4 invoice");
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const letter = (subject, more) => ({
  From: { Email: "shop@shop.example", Name: "The Shop" },
  To: [{ Email: "ann@example.com", Name: "Ann" }],
  Subject: subject,
  Text: "Your code is 482193",
  ...more,
});
const optional = {};

// Methods that need something which not every server has: 200, or the status of the refusal.
async function may(method, ...words) {
  try {
    const answer = await mailpit[method](...words);
    optional[method] = 200;
    return answer;
  } catch (error) {
    optional[method] = Number(/Mailpit API Error: (\d+)/.exec(error.message)[1]);
    return undefined;
  }
}

async function sending() {
  await mailpit.deleteMessages();
  assert.equal((await mailpit.listMessages()).messages_count, 0);
  const { ID } = await mailpit.sendMessage(
    letter("First", {
      HTML: '<p>Code <b>482193</b> <a href="https://shop.example/">Shop</a> <img src="cid:pixel"></p>',
      Cc: [{ Email: "cc@example.com" }],
      Bcc: ["bcc@example.com"],
      Tags: ["Order"],
      Attachments: [
        { Content: PDF.toString("base64"), Filename: "invoice.pdf" },
        { Content: PIXEL, Filename: "pixel.png", ContentType: "image/png", ContentID: "pixel" },
      ],
    }),
  );
  await mailpit.sendMessage(letter("Second"));
  const list = await mailpit.listMessages(0, 10);
  assert.deepEqual(list.messages.map((message) => message.Subject), ["Second", "First"]);
  assert.equal(list.messages_unread, 2);
  await assert.rejects(mailpit.sendMessage(letter("Third", { To: [{ Email: "nonsense" }] })), /400 .*invalid To address: nonsense/);
  return ID;
}

async function reading(id) {
  const message = await mailpit.getMessageSummary(id);
  assert.equal(message.Subject, "First");
  assert.deepEqual(message.Bcc, [{ Name: "", Address: "bcc@example.com" }]);
  assert.deepEqual(message.Tags, ["Order"]);
  assert.equal(message.Attachments.length, 1);
  assert.equal(message.Inline.length, 1);
  const file = await mailpit.getMessageAttachment(id, message.Attachments[0].PartID);
  assert.equal(file.type, "application/pdf");
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), PDF);
  const thumb = await may("getAttachmentThumbnail", id, message.Inline[0].PartID);
  if (thumb) assert.equal(thumb.type, "image/jpeg");
  assert.deepEqual((await mailpit.getMessageHeaders(id)).Subject, ["First"]);
  assert.match(await mailpit.getMessageSource(id), /^Subject: First\r?$/m);
  // Mailpit links the picture; Mayfly's page has it in itself.
  assert.match(await mailpit.renderMessageHTML(id), new RegExp(`src="(/api/v1/message/${id}/part/|data:image/png;base64,${PIXEL})`));
  assert.match(await mailpit.renderMessageHTML(id, 1), /noopener/);
  assert.equal(await mailpit.renderMessageText(id), "Your code is 482193");
  assert.equal((await mailpit.getMessageSummary()).Subject, "Second");
  await assert.rejects(mailpit.getMessageSummary("unknown"), /404/);
}

async function finding(id) {
  assert.equal((await mailpit.searchMessages({ query: "subject:first tag:order" })).messages[0].ID, id);
  assert.equal((await mailpit.searchMessages({ query: "after:2099-01-01", tz: "Asia/Tokyo" })).messages_count, 0);
  assert.equal((await mailpit.waitForMessage({ query: "subject:second" })).Subject, "Second");
  assert.equal((await mailpit.waitForMessages({ count: 2, exact: true }, { timeout: 2000, interval: 50 })).messages_count, 2);
  await mailpit.setReadStatus();
  assert.equal((await mailpit.listMessages()).messages_unread, 2);
  assert.equal(await mailpit.setReadStatus({ IDs: [id], Read: true }), "ok");
  await mailpit.setReadStatus({ Search: "subject:second", Read: true }, { tz: "Asia/Tokyo" });
  assert.equal((await mailpit.getInfo()).Unread, 0);
  assert.equal((await mailpit.getConfiguration()).MessageRelay.Enabled, false);
}

async function tagging(id) {
  assert.deepEqual(await mailpit.getTags(), ["Order"]);
  assert.equal(await mailpit.setTags({ IDs: [id], Tags: ["Tag 1", "x"] }), "ok");
  assert.equal(await mailpit.renameTag("Tag 1", "Tag 2"), "ok");
  assert.deepEqual(await mailpit.getTags(), ["Tag 2", "x"]);
  assert.equal(await mailpit.deleteTag("Tag 2"), "ok");
  assert.deepEqual((await mailpit.searchMessages({ query: "is:tagged" })).messages.map((message) => message.Tags), [["x"]]);
}

async function checking(id) {
  await may("htmlCheck", id);
  await may("linkCheck", id);
  await may("spamAssassinCheck", id);
  await may("releaseMessage", id, { To: ["ann@example.com"] });
  const set = await mailpit.setChaosTriggers({ Sender: { ErrorCode: 451, Probability: 5 } });
  assert.deepEqual(set.Sender, { ErrorCode: 451, Probability: 5 });
  assert.deepEqual(await mailpit.getChaosTriggers(), set);
  assert.equal((await mailpit.setChaosTriggers()).Sender.Probability, 0);
}

async function deleting(id) {
  assert.equal(await mailpit.deleteMessages({ IDs: [id, "unknown"] }), "ok");
  assert.equal(await mailpit.deleteMessagesBySearch({ query: "subject:second" }), "ok");
  assert.equal((await mailpit.listMessages()).messages_count, 0);
  assert.equal(await mailpit.deleteMessages(), "ok");
}

async function main() {
  const id = await sending();
  for (const step of [reading, finding, tagging, checking, deleting]) await step(id);
  const methods = Object.getOwnPropertyNames(MailpitClient.prototype).filter((name) => !["constructor", "request"].includes(name));
  assert.deepEqual(methods.filter((name) => !called.has(name)), []);
  console.log(JSON.stringify(optional));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
