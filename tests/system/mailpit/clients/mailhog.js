// Calls every method of npm's mailhog: node mailhog.js HTTP_PORT SMTP_PORT [USER:PASSWORD [BASE PATH]]
// Fails where an answer is not MailHog's. Sends with nodemailer, which logs in where SMTP_USER and SMTP_PASSWORD are set.
"use strict";
const assert = require("node:assert/strict");
const nodemailer = require("nodemailer");
const [httpPort, smtpPort, auth, basePath] = process.argv.slice(2);
const mailhog = require("mailhog")({ host: "127.0.0.1", port: Number(httpPort), ...(auth && { auth }), ...(basePath && { basePath }) });

const PDF = Buffer.from("%PDF-1.4 invoice");
const SUBJECTS = ["Übersicht", "Second", "Third"];

async function send() {
  const { SMTP_USER: user, SMTP_PASSWORD: pass } = process.env;
  const login = user ? { auth: { user, pass } } : { ignoreTLS: true };
  const transport = nodemailer.createTransport({
    ...{ host: "127.0.0.1", port: Number(smtpPort), secure: false, tls: { rejectUnauthorized: false } },
    ...login,
  });
  for (const subject of SUBJECTS) {
    await transport.sendMail({
      from: "The Shop <shop@shop.example>",
      to: "Ann <ann@example.com>",
      cc: "cc@example.com",
      bcc: "boss@corp.example",
      replyTo: "help@shop.example",
      subject,
      text: `Grüße zu ${subject}`,
      html: `<p>Grüße zu ${subject}</p>`,
      date: new Date("2026-11-03T08:15:00Z"),
      ...(subject === "Third" && { html: undefined, attachments: [{ filename: "invoice.pdf", content: PDF }] }),
    });
  }
}

async function main() {
  await mailhog.deleteAll();
  assert.deepEqual(await mailhog.messages(), { total: 0, count: 0, start: 0, items: [] });
  assert.equal(await mailhog.latestTo("ann@example.com"), 0);
  await send();

  const all = await mailhog.messages();
  assert.deepEqual([all.total, all.count, all.start], [3, 3, 0]);
  assert.deepEqual(all.items.map((item) => item.subject), [...SUBJECTS].reverse());
  const page = await mailhog.messages(1, 1);
  assert.deepEqual([page.total, page.count, page.start, page.items[0].subject], [3, 1, 1, "Second"]);

  // MailHog searches the source as it was sent, and so finds no text in quoted-printable; Mayfly searches what it says.
  const first = await mailhog.latestContaining("Grüße zu Übersicht");
  assert.equal(first.subject, "Übersicht");
  const second = await mailhog.latestContaining("Second");
  assert.equal(second.subject, "Second");
  assert.equal(second.from, "The Shop <shop@shop.example>");
  assert.equal(second.to, "Ann <ann@example.com>");
  assert.equal(second.cc, "cc@example.com");
  assert.equal(second.bcc, undefined);
  assert.equal(second.replyTo, "help@shop.example");
  assert.equal(second.date.toISOString(), "2026-11-03T08:15:00.000Z");
  assert.ok(Math.abs(second.deliveryDate - Date.now()) < 60_000);
  assert.equal(second.text.trim(), "Grüße zu Second");
  assert.equal(second.html.trim(), "<p>Grüße zu Second</p>");
  assert.deepEqual(second.attachments, []);

  const third = await mailhog.latestFrom("shop@shop.example");
  assert.equal(third.subject, "Third");
  const [file] = third.attachments;
  assert.deepEqual([file.name, file.type.split(";")[0], file.encoding], ["invoice.pdf", "application/pdf", "base64"]);
  assert.deepEqual(Buffer.from(file.Body, "base64"), PDF);
  assert.equal(mailhog.decode(file.Body, file.encoding), PDF.toString());
  assert.equal(mailhog.encode("Grüße", "base64"), "R3LDvMOfZQ==");

  assert.equal((await mailhog.search("boss@corp.example", "to")).total, 3);
  const searched = await mailhog.search("example", "from", 1, 1);
  assert.deepEqual([searched.total, searched.count, searched.items[0].subject], [3, 1, "Second"]);

  // Nothing listens on port 9: no server relays this.
  const released = await mailhog.releaseMessage(third.ID, { host: "127.0.0.1", port: "9", email: "ann@example.com" });
  assert.ok(released.statusCode >= 400);
  assert.equal((await mailhog.deleteMessage(third.ID)).statusCode, 200);
  assert.equal((await mailhog.messages()).total, 2);
  assert.equal((await mailhog.deleteAll()).statusCode, 200);
  assert.equal((await mailhog.messages()).total, 0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
