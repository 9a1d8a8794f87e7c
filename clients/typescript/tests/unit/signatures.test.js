import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { verifyWebhook } from "../../dist/index.js";

const SECRET = `whsec_${Buffer.from("a secret of some length").toString("base64")}`;
const BODY = JSON.stringify({
  type: "message.received",
  timestamp: "2026-11-21T12:00:00Z",
  data: { subject: "Grüße", sequence: 7 },
});

function signed({ id = "evt_1", at = Math.floor(Date.now() / 1000), secret = SECRET, body = BODY } = {}) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
}

function flat(secret, body) {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

test("a standard webhook is verified from Headers, from Node's headers and from octets", async () => {
  const headers = signed();
  for (const given of [headers, new Headers(headers), { ...headers, "Webhook-Id": headers["webhook-id"] }]) {
    const event = await verifyWebhook(SECRET, given, BODY);
    assert.deepEqual(
      [event.format, event.id, event.type, event.data.sequence],
      ["standard", "evt_1", "message.received", 7],
    );
  }
  assert.equal((await verifyWebhook(SECRET, headers, new TextEncoder().encode(BODY))).data.subject, "Grüße");
});

test("one right signature of several is enough, as after a new secret", async () => {
  const headers = signed();
  headers["webhook-signature"] = `v1,${Buffer.alloc(32).toString("base64")} v2,x ${headers["webhook-signature"]}`;
  assert.equal((await verifyWebhook(SECRET, headers, BODY)).id, "evt_1");
});

const now = Math.floor(Date.now() / 1000);
const REFUSED = {
  "another body": [SECRET, signed(), `${BODY} `],
  "another secret": [`whsec_${Buffer.from("another").toString("base64")}`, signed(), BODY],
  "a secret that is no base64": ["whsec_%%%", signed(), BODY],
  "an empty secret": ["", signed({ secret: "" + SECRET }), BODY],
  "another id": [SECRET, { ...signed(), "webhook-id": "evt_2" }, BODY],
  "an old timestamp": [SECRET, signed({ at: now - 301 }), BODY],
  "a timestamp of the future": [SECRET, signed({ at: now + 330 }), BODY],
  "a timestamp that is no number": [SECRET, { ...signed(), "webhook-timestamp": "1e9" }, BODY],
  "no timestamp": [SECRET, { "webhook-id": "x", "webhook-signature": "v1,x" }, BODY],
  "an empty signature": [SECRET, { ...signed(), "webhook-signature": "v1," }, BODY],
  "no signature": [SECRET, {}, BODY],
  "a short hexadecimal signature": ["a-flat-secret", { "x-vaultmail-signature": "sha256=ab" }, BODY],
};

for (const [name, given] of Object.entries(REFUSED)) {
  test(`${name} is refused without a word of the secret`, async () => {
    await assert.rejects(verifyWebhook(...given), (error) => {
      assert.equal(error.name, "SignatureMismatch");
      assert.ok(given[0] === "" || !error.stack.includes(given[0]));
      return true;
    });
  });
}

test("a longer tolerance takes an older webhook", async () => {
  assert.equal((await verifyWebhook(SECRET, signed({ at: now - 301 }), BODY, { tolerance: "10m" })).id, "evt_1");
});

test("the formats vaultmail and ephemask are verified, the former also with the secret before", async () => {
  const body = JSON.stringify({ event: "message.received", id: "d1", subject: "x" });
  const vaultmail = await verifyWebhook("new", { "X-VaultMail-Signature": flat("new", body) }, body);
  assert.deepEqual([vaultmail.format, vaultmail.id, vaultmail.type], ["vaultmail", "d1", "message.received"]);
  const headers = { "x-vaultmail-signature": flat("new", body), "x-vaultmail-signature-previous": flat("old", body) };
  assert.equal((await verifyWebhook("old", headers, body)).id, "d1");
  const ephemask = await verifyWebhook("s", { "x-ephemask-signature": flat("s", body) }, body);
  assert.equal(ephemask.format, "ephemask");
});
