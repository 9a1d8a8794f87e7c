/** Tests of the sign-up. The application sends into a space, so that the addresses can be anybody's. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Mayfly } from "@mayfly-mail/client";
import { appWith } from "../src/app.js";
import { mailsBy } from "../src/mails.js";

let space, mails, server, origin;

before(async () => {
  space = await new Mayfly().space("node-signup", { ttl: "10m" });
  const { host, port, user, password } = space.smtp;
  mails = mailsBy(`smtp://${user}:${password}@${host}:${port}?ignoreTLS=true`);
  server = appWith(mails);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  mails.close();
  server.close();
  await space.delete();
});

async function post(path, fields) {
  const response = await fetch(origin + path, { method: "POST", body: new URLSearchParams(fields) });
  return { status: response.status, text: await response.text() };
}

async function signUp(email) {
  const mark = await space.cursor();
  await post("/signup", { email });
  const code = await space.waitForCode({ to: email, after: mark });
  return await post("/confirm", { email, code: code.value });
}

test("a new account is confirmed by the code of the mail", async () => {
  assert.deepEqual(await signUp("ann@example.com"), { status: 200, text: "Welcome, ann@example.com" });
});

test("of two codes, the newer one counts", async () => {
  const email = "bob@example.com";
  await post("/signup", { email });
  const first = await space.waitForCode({ to: email });
  await post("/signup", { email });
  const second = await space.waitForCode({ to: email, after: first.cursor });
  assert.equal((await post("/confirm", { email, code: first.value })).status, 403);
  assert.equal((await post("/confirm", { email, code: second.value })).status, 200);
});

test("a password is reset by the link of the mail", async () => {
  await signUp("cat@example.com");
  await post("/reset", { email: "cat@example.com" });
  const link = await space.waitForLink("/reset?token=", { to: "cat@example.com" });
  assert.equal(link.text, "Choose a new password");
  assert.equal((await fetch(link.url)).status, 200);
});

test("a stranger's address gets no mail", async () => {
  assert.equal((await post("/reset", { email: "eve@example.com" })).status, 200);
  await space.waitForNone({ to: "eve@example.com", within: "200ms" });
});

test("while the mail server is busy, the application says so, and the next attempt succeeds", async () => {
  const faults = await space.fault("451 x1, accept");
  try {
    assert.equal((await post("/signup", { email: "dan@example.com" })).status, 503);
    assert.equal((await signUp("dan@example.com")).status, 200);
  } finally {
    await faults.clear();
  }
});
