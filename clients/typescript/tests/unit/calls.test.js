import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { Mayfly, NotFound, QuotaExceeded, RateLimited, Unavailable } from "../../dist/index.js";
import * as operations from "../../dist/generated/operations.js";
import { INBOX, KEY, clientOf } from "./fetching.js";

const CUT = new TypeError("fetch failed", {
  cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
});
const LIMITED = [429, { error: "rate_limit_exceeded", message: "too many" }, { "retry-after": "0" }];
const BUSY = [503, { error: "service_unavailable", message: "busy" }, { "retry-after": "0" }];

test("what creates is repeated under one key, octet for octet, when the connection is cut or the server busy", async () => {
  const { mayfly, asked } = clientOf([CUT, LIMITED, BUSY, [201, INBOX]]);
  const inbox = await mayfly.inbox({ label: "x" });
  assert.equal(inbox.address, INBOX.address);
  assert.equal(asked.length, 4);
  assert.equal(new Set(asked.map((each) => each.headers["Idempotency-Key"])).size, 1);
  assert.match(
    asked[0].headers["Idempotency-Key"],
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.equal(new Set(asked.map((each) => each.body)).size, 1);
});

test("a mail of several parts has the same octets at the second attempt", async () => {
  const { mayfly, asked } = clientOf([[201, INBOX], BUSY, [202, { id: "m1" }]]);
  const inbox = await mayfly.inbox();
  await inbox.inject({ subject: "x", attachments: [{ filename: "a.bin", content: new Uint8Array([0, 255]) }] });
  assert.deepEqual(asked[1].body, asked[2].body);
  assert.equal(asked[1].headers["Content-Type"], asked[2].headers["Content-Type"]);
});

test("two calls that create have two keys", async () => {
  const { mayfly, asked } = clientOf([[201, INBOX]]);
  await Promise.all([mayfly.inbox(), mayfly.inbox()]);
  assert.notEqual(asked[0].headers["Idempotency-Key"], asked[1].headers["Idempotency-Key"]);
});

test("a POST that takes no key is not repeated", async () => {
  const { mayfly, asked } = clientOf([CUT]);
  await assert.rejects(mayfly.call(operations.redeliver("d1")), Unavailable);
  assert.equal(asked.length, 1);
});

test("a deletion whose first answer was lost has succeeded when the second says 404", async () => {
  const { mayfly } = clientOf([CUT, [404, { error: "not_found", message: "no such message" }]]);
  assert.equal(await mayfly.deleteMessage("m1"), undefined);
});

test("a deletion of what is gone already has succeeded, and as an operation alone it fails", async () => {
  const { mayfly } = clientOf([[404, { error: "not_found", message: "no such message" }, { "x-request-id": "r1" }]]);
  assert.equal(await mayfly.deleteMessage("m1"), undefined);
  assert.equal(await mayfly.webhooks.delete("w1"), undefined);
  await assert.rejects(mayfly.call(operations.deleteMessage("m1")), (error) => {
    assert.ok(error instanceof NotFound);
    assert.deepEqual([error.name, error.code, error.status, error.requestId], ["NotFound", "not_found", 404, "r1"]);
    return true;
  });
});

test("a server that asks for no pause is not asked without one", async () => {
  for (const answer of [LIMITED, BUSY]) {
    const { mayfly, asked } = clientOf([answer], { retryFor: 300 });
    await assert.rejects(mayfly.account());
    assert.ok(asked.length > 1 && asked.length < 8, `${asked.length} requests`);
  }
});

test("a deletion that was not carried out is not taken for done", async () => {
  for (const refusal of [LIMITED, BUSY]) {
    const { mayfly } = clientOf([refusal, [404, { error: "not_found", message: "no such message" }]]);
    await assert.rejects(mayfly.call(operations.deleteMessage("m1")), NotFound);
  }
});

test("a pause that is longer than the patience is not begun", async () => {
  const { mayfly, asked } = clientOf([
    [429, { error: "rate_limit_exceeded", message: "too many" }, { "retry-after": "3600" }],
  ]);
  await assert.rejects(mayfly.account(), (error) => error instanceof RateLimited && error.retryAfter === 3_600_000);
  assert.equal(asked.length, 1);
});

test("a plan that is used up is not asked again", async () => {
  const { mayfly, asked } = clientOf([[429, { error: "quota_exceeded", message: "5 inboxes at once" }]]);
  await assert.rejects(mayfly.inbox(), QuotaExceeded);
  assert.equal(asked.length, 1);
});

test("a server that is not there is named, with the reason and what to do, and the wait for it is short", async () => {
  const { mayfly } = clientOf([CUT], { retryFor: 200 });
  const message = /^no Mayfly at http:\/\/mayfly.test: fetch failed: read ECONNRESET; .*MAYFLY_URL/;
  await assert.rejects(mayfly.account(), { name: "Unavailable", message });
});

test("a server that never answers ends by the timeout", async () => {
  const hang = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const { mayfly } = clientOf([hang], { timeout: 20, retryFor: 0 });
  await assert.rejects(mayfly.account(), { name: "Unavailable", message: /did not answer in time/ });
});

test("a call is aborted with the caller's reason, also during a pause", async () => {
  const { mayfly } = clientOf([[503, {}, { "retry-after": "5" }]]);
  const controller = new AbortController();
  const call = mayfly.account({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await assert.rejects(call, { message: "enough" });
  await assert.rejects(mayfly.account({ signal: AbortSignal.abort(new Error("before")) }), { message: "before" });
});

test("a signal that serves many calls collects no listeners", async () => {
  const { mayfly } = clientOf([BUSY, [200, { email: "x" }]]);
  const { signal } = new AbortController();
  for (let call = 0; call < 50; call += 1) await mayfly.account({ signal });
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("no secret is in what is printed, made JSON or thrown", async () => {
  const { mayfly } = clientOf([
    [201, INBOX],
    [500, { error: "internal_error", message: "oops" }],
  ]);
  const inbox = await mayfly.inbox();
  const failure = await mayfly.account().catch((error) => error);
  const shown = [mayfly, inbox, failure, { deep: [mayfly, inbox] }].flatMap((each) => [
    inspect(each, { depth: 9, showHidden: true }),
    JSON.stringify(each),
    String(each),
  ]);
  assert.ok(!shown.join("\n").includes("secret"), shown.join("\n"));
});

for (const key of ["mfy_secret\nX-Evil: 1", "mfy_sécret", "mfy secret"]) {
  test(`the key ${JSON.stringify(key)} is refused without being shown`, () => {
    assert.throws(
      () => new Mayfly({ url: "http://x.test", apiKey: key }),
      (error) => !error.stack.includes(key.slice(4)),
    );
  });
}

test("a key with a line break at its end, as files have it, is trimmed", async () => {
  const { mayfly, asked } = clientOf([[200, {}]], { apiKey: `${KEY}\r\n` });
  await mayfly.account();
  assert.equal(asked[0].headers["Authorization"], `Bearer ${KEY}`);
});

test("an address that would lead to another path is refused", async () => {
  const { mayfly, asked } = clientOf([[200, INBOX]]);
  for (const name of ["", ".", ".."]) await assert.rejects(mayfly.open(name), TypeError);
  assert.equal(asked.length, 0);
  await mayfly.open("a/../b?x=1#y+z@mayfly.test");
  assert.equal(asked[0].url, "http://mayfly.test/api/v1/inboxes/a%2F..%2Fb%3Fx%3D1%23y%2Bz%40mayfly.test");
});

for (const url of ["mayfly.test", "ftp://mayfly.test", "", "http://user:pw@mayfly.test"]) {
  test(`the url ${JSON.stringify(url)} is refused`, () => {
    assert.throws(
      () => new Mayfly({ url }),
      (error) => error.message.startsWith("url: ") && !error.message.includes("pw"),
    );
  });
}

test("a path before the API stays", async () => {
  const { mayfly, asked } = clientOf([[200, {}]], { url: "https://x.test/mail/" });
  await mayfly.account();
  assert.equal(asked[0].url, "https://x.test/mail/api/v1/account");
});

test("the address that `make run` prints, with the path of the API, leads to the API", async () => {
  const { mayfly, asked } = clientOf([[200, {}]], { url: "http://127.0.0.1:8080/api/v1/" });
  await mayfly.account();
  assert.equal(asked[0].url, "http://127.0.0.1:8080/api/v1/account");
});

test("a refusal in other words than Mayfly's asks whether it is Mayfly", async () => {
  const { mayfly } = clientOf([[404, {}]]);
  await assert.rejects(mayfly.account(), {
    message: "the server answered 404, and not as Mayfly does: is this the address of its API?",
  });
});

test("an option that does not exist is refused, and so is an address in the place of options", async () => {
  const { mayfly, asked } = clientOf([[201, INBOX]]);
  assert.throws(() => clientOf([], { api_key: KEY }), /"api_key" is no option here; known are url, apiKey/);
  assert.throws(() => new Mayfly("http://mayfly.test"), /write an object, such as \{ url: /);
  await assert.rejects(mayfly.inbox({ lable: "signup" }), { name: "TypeError", message: /"lable" is no option/ });
  await assert.rejects(mayfly.anonymousInbox({ label: "signup" }), /"label" is no option/);
  assert.deepEqual(asked, []);
});

test("a file of the key that is not there is named by its variable", () => {
  const before = { ...process.env };
  Object.assign(process.env, { MAYFLY_API_KEY: "", MAYFLY_API_KEY_FILE: "/nowhere/api-key" });
  try {
    assert.throws(() => new Mayfly(), /MAYFLY_API_KEY_FILE names a file that cannot be read: .*\/nowhere\/api-key/);
  } finally {
    process.env = before;
  }
});

test("a redirect is not followed: the key would go elsewhere", async () => {
  const { mayfly, asked } = clientOf([[301, "", { location: "https://other.test/?key=1" }]]);
  await assert.rejects(mayfly.account(), {
    message: "http://mayfly.test redirects to https://other.test/; set url to where the API is",
  });
  assert.equal(asked[0].redirect, "manual");
});

test("a web page in the place of the API is called what it is", async () => {
  const { mayfly } = clientOf([[200, "<html>hello</html>"]]);
  await assert.rejects(mayfly.account(), { message: /answered 200 with text\/html instead of JSON/ });
});

test("without a key, what needs one says how to get it", async () => {
  const { mayfly } = clientOf([[200, {}]], { apiKey: "" });
  await assert.rejects(mayfly.inbox(), { message: /MAYFLY_API_KEY=.*anonymousInbox/ });
});

test("a call that the server refuses for want of a key says how to get one", async () => {
  const { mayfly } = clientOf([[401, { error: "unauthorized", message: "an API key is needed" }]], { apiKey: "" });
  await assert.rejects(mayfly.account(), {
    name: "Unauthorized",
    status: 401,
    message: /^an API key is needed; there is no API key: set/,
  });
});

test("a key for repetitions that no header can hold is refused at once", async () => {
  const { mayfly, asked } = clientOf([[201, INBOX]]);
  await assert.rejects(mayfly.inbox({ idempotencyKey: "a\nb" }), { message: /^idempotencyKey: / });
  assert.equal(asked.length, 0);
});

test("a timeout of a month is no timeout of a millisecond", async () => {
  const slow = () => new Promise((resolve) => setTimeout(() => resolve(new Response("{}")), 20));
  const { mayfly } = clientOf([slow], { timeout: "30d", retryFor: 0 });
  assert.deepEqual(await mayfly.account(), {});
});

test("twenty calls at once under one signal are no leak to Node", async () => {
  const warned = [];
  const note = (warning) => warned.push(String(warning));
  process.on("warning", note);
  const slow = () => new Promise((resolve) => setTimeout(() => resolve(new Response("{}")), 10));
  const { mayfly } = clientOf([slow]);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 20 }, () => mayfly.account({ signal })));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  assert.deepEqual(warned, []);
});

test("an anonymous inbox is made without the key, and opened by its token", async () => {
  const { mayfly, asked } = clientOf([
    [201, INBOX],
    [200, [], { "x-cursor": "4" }],
  ]);
  const inbox = await mayfly.anonymousInbox();
  assert.equal(await inbox.cursor(), 4);
  assert.deepEqual(
    asked.map((each) => each.headers["Authorization"]),
    [undefined, "Bearer mfi_secret_token"],
  );
});

test("lists go through as many pages as were asked for", async () => {
  const page = (from, count) => Array.from({ length: count }, (_, index) => ({ id: `m${from + index}` }));
  const answers = [
    [201, INBOX],
    [200, page(0, 100), { "x-next-cursor": "p2" }],
    [200, page(100, 20), { "x-next-cursor": "p3" }],
  ];
  const { mayfly, asked } = clientOf(answers);
  const found = await (await mayfly.inbox()).messages("is:unread", { limit: 120 });
  assert.equal(found.length, 120);
  assert.match(asked[1].url, /\?q=is%3Aunread&limit=100&consistent=true$/);
  assert.match(asked[2].url, /limit=20&cursor=p2&consistent=true$/);
});

test("the key comes from the environment or from the file that it names", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "key-")), "api-key");
  writeFileSync(file, `${KEY}\n`);
  const asked = [];
  const fetch = async (_, init) => (asked.push(init.headers["Authorization"]), new Response("{}"));
  const before = { ...process.env };
  Object.assign(process.env, { MAYFLY_URL: "http://env.test", MAYFLY_API_KEY: "", MAYFLY_API_KEY_FILE: file });
  try {
    const mayfly = new Mayfly({ fetch });
    assert.equal(mayfly.url, "http://env.test");
    await mayfly.account();
  } finally {
    process.env = before;
  }
  assert.deepEqual(asked, [`Bearer ${KEY}`]);
});
