// Makes a test account with one version of nodemailer, sends with it, opens the message: node ethereal.js MODULE
// The environment has ETHEREAL_API, and ETHEREAL_CACHE=no where each account must be a new one.
"use strict";
const assert = require("node:assert/strict");
const nodemailer = require(process.argv[2]);

const transport = (account, pass) =>
  nodemailer.createTransport({
    ...account.smtp,
    auth: { user: account.user, pass },
    tls: { rejectUnauthorized: false }, // a server of one's own has a certificate of its own
  });

async function main() {
  const account = await nodemailer.createTestAccount();
  for (const key of ["user", "pass", "web"]) assert.equal(typeof account[key], "string", key);
  assert.equal(await transport(account, account.pass).verify(), true);
  await assert.rejects(transport(account, "wrong").verify(), { code: "EAUTH", responseCode: 535 });

  const urls = [];
  for (const subject of ["First ✓", "Second"]) {
    const info = await transport(account, account.pass).sendMail({
      from: "The Shop <shop@shop.example>",
      to: "anybody@anywhere.example, second@elsewhere.example",
      subject,
      text: `Text of ${subject}`,
      html: `<p>HTML of ${subject}</p><script>alert(1)</script>`,
    });
    assert.deepEqual(info.rejected, []);
    assert.equal(info.accepted.length, 2);
    urls.push(nodemailer.getTestMessageUrl(info));
  }
  assert.equal(new Set(urls).size, 2);
  for (const [number, url] of urls.entries()) {
    assert.ok(String(url).startsWith(`${account.web}/message/`), String(url));
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    const page = await answer.text();
    assert.match(page, number ? /Second/ : /First ✓/);
    assert.doesNotMatch(page, /<script>alert/);
  }
  assert.equal((await fetch(`${account.web}/message/${"A".repeat(20)}`)).status, 404);
  console.log(JSON.stringify({ user: account.user, web: account.web }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
