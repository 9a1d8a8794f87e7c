import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkNotFound, Message, UnexpectedMessage, WaitTimeout } from "../../dist/index.js";
import { INBOX, clientOf, mail, missed } from "./fetching.js";

const query = (each) => Object.fromEntries(new URL(each.url).searchParams);
const found = (cursor, fields) => [200, mail(fields), { "x-cursor": String(cursor) }];

async function inboxWith(answers, options) {
  const { mayfly, asked } = clientOf([[201, INBOX], ...answers], options);
  return { inbox: await mayfly.inbox(), asked: asked.slice(1), all: asked };
}

test("a long wait goes on by the cursor of the part before, and keeps its near misses", async () => {
  const { inbox, all } = await inboxWith([missed(7, "Hello\n  came: forged"), missed(9), found(12)]);
  const message = await inbox.waitForMessage({ subject: "Reset", timeout: "2h" });
  assert.equal(message.cursor, 12);
  assert.deepEqual(
    all.slice(1).map((each) => query(each).after),
    [undefined, "7", "9"],
  );
  assert.ok(Number(query(all[1]).timeout) <= 50);
});

test("parts that end at once do not follow each other without a pause", async () => {
  const { inbox, all } = await inboxWith([missed(7)]);
  await assert.rejects(inbox.waitForMessage({ timeout: 300 }), WaitTimeout);
  assert.ok(all.length < 8, `${all.length} requests`);
});

test("a timeout prints what was waited for and what came, one a line", async () => {
  const { inbox } = await inboxWith([missed(7, "Hello\n\u001b[2J")]);
  const failure = await inbox.waitForMessage({ subject: "Reset", hasOtp: true, timeout: 0 }).catch((error) => error);
  assert.ok(failure instanceof WaitTimeout);
  assert.deepEqual([failure.cursor, failure.nearMisses.length], [7, 1]);
  assert.equal(
    failure.message,
    'waited 0 s for mail to ann@mayfly.test with subject "Reset" and a code\n  came: "Hello\\n\\u001b[2J" (failed: subject, has_otp)',
  );
});

test("a timeout without any mail says so", async () => {
  const { inbox } = await inboxWith([[408, { error: "wait_timeout", message: "", cursor: 3, near_misses: [] }]]);
  await assert.rejects(inbox.waitForMessage({ timeout: 0 }), {
    message: "waited 0 s for mail to ann@mayfly.test\n  no mail came",
  });
});

test("expressions are sent as RE2 writes them", async () => {
  const { inbox, all } = await inboxWith([found(1)]);
  await inbox.waitForMessage({
    subject: /^Re: \u00fcber\\u0041\u{1f600}/iu,
    from: "shop@",
    to: /x$/,
    body: "re:\\d+",
    hasLink: false,
  });
  const { timeout, ...criteria } = query(all[1]);
  assert.deepEqual(criteria, {
    subject: "re:(?i)^Re: \\x{00fc}ber\\\\u0041\\x{1f600}",
    from: "shop@",
    to: "re:x$",
    body: "re:\\d+",
    has_link: "false",
  });
  assert.ok(Number(timeout) > 0);
});

test("several mails come oldest first, each after the one before", async () => {
  const { inbox, all } = await inboxWith([found(3, { id: "a" }), found(5, { id: "b" })]);
  assert.deepEqual(
    (await inbox.waitForMessages(2)).map((each) => each.id),
    ["a", "b"],
  );
  assert.deepEqual(
    all.slice(1).map((each) => query(each).after),
    ["0", "3"],
  );
  await assert.rejects(inbox.waitForMessages(0), RangeError);
});

test("a timeout after some of several mails has those that came", async () => {
  const { inbox } = await inboxWith([
    found(3, { id: "a" }),
    [408, { error: "wait_timeout", message: "", cursor: 3, near_misses: [] }],
  ]);
  await assert.rejects(inbox.waitForMessages(2, { subject: "x", timeout: 0 }), (error) => {
    assert.match(error.message, /^waited 0 s for 2 times mail to ann@mayfly.test with subject "x"; 1 came\n/);
    assert.deepEqual([error.found.map((each) => each.id), error.criteria.subject], [["a"], "x"]);
    return true;
  });
});

const FORGOTTEN = [410, { error: "gone", message: "after: this cursor is too old to resume from" }];

test("an old inbox whose events are forgotten still waits for a link, and says what several mails need", async () => {
  const reset = { links: [link("https://x.test/reset/1")] };
  const { inbox, all } = await inboxWith([found(9), FORGOTTEN, found(12, reset), FORGOTTEN]);
  assert.equal((await inbox.waitForLink("/reset/")).url, "https://x.test/reset/1");
  assert.deepEqual(
    all.slice(1, 4).map((each) => query(each).after),
    [undefined, "0", "9"],
  );
  await assert.rejects(inbox.waitForMessages(2), { name: "Gone", message: /inbox.cursor\(\)/ });
});

test("a code knows its mail, works in texts, and is plain text in JSON", async () => {
  const candidate = {
    code: "482193",
    confidence: 0.98,
    rule: "label",
    source: "text",
    span: [13, 19],
    display: "482 193",
  };
  const { inbox, all } = await inboxWith([found(4, { otp_detected: "482193", otp_candidates: [candidate] })]);
  const code = await inbox.waitForCode();
  assert.equal(query(all[1]).has_otp, "true");
  assert.deepEqual(
    [`${code}`, code.value, JSON.stringify({ code }), code.cursor, code.rule],
    ["482193", "482193", '{"code":"482193"}', 4, "label"],
  );
  assert.equal(code.message.subject, "Your code");
});

const link = (url, text = "", kind = "other") => ({ url, text, kind, flags: [], index: 0 });

test("a link is looked for in older mail when the newest has none like it", async () => {
  const reset = { id: "old", links: [link("https://x.test/reset/1", "Reset", "reset")] };
  const other = { id: "new", links: [link("https://x.test/news")] };
  const { inbox, all } = await inboxWith([found(9, other), found(2, reset), found(9, other), missed(9)]);
  assert.equal((await inbox.waitForLink(/RESET\/\d/gi)).url, "https://x.test/reset/1");
  assert.deepEqual(
    all.slice(1).map((each) => query(each).after),
    [undefined, "0", "2", "9"],
  );
});

test("a mail whose links do not match is a near miss", async () => {
  const { inbox } = await inboxWith([
    found(9, { id: "n", subject: "News", links: [link("https://x.test/news")] }),
    [408, { error: "wait_timeout", message: "", cursor: 9, near_misses: [] }],
  ]);
  await assert.rejects(inbox.waitForLink("/reset/", { after: 0, timeout: 0 }), {
    message:
      'waited 0 s for a link with "/reset/" in mail to ann@mayfly.test\n  came: "News" (failed: link with "/reset/")',
  });
});

test("an unexpected mail is named", async () => {
  const { inbox } = await inboxWith([
    [409, { error: "conflict", message: "a matching mail arrived", cursor: 8, mail: mail() }],
  ]);
  const failure = await inbox.waitForNone({ subject: "code", within: 0 }).catch((error) => error);
  assert.ok(failure instanceof UnexpectedMessage);
  assert.deepEqual([failure.code, failure.cursor, failure.received.cursor], ["unexpected_message", 8, 8]);
  assert.match(
    failure.message,
    /^expected no mail to ann@mayfly.test with subject "code"\n {2}came: "Your code" from "shop@example.com" at 2026-11-30T12:00:00.000Z$/,
  );
});

test("a server that is away past the end of a wait is Unavailable, not a timeout of the mail", async () => {
  const { inbox } = await inboxWith([new TypeError("fetch failed")]);
  await assert.rejects(inbox.waitForMessage({ timeout: 50 }), { name: "Unavailable" });
});

test("a wait that fails in the middle asks for the rest of its time", async () => {
  const { inbox, all } = await inboxWith([new TypeError("fetch failed"), found(1)]);
  await inbox.waitForMessage({ timeout: "10s" });
  assert.ok(Number(query(all[2]).timeout) < Number(query(all[1]).timeout));
});

test("exactly one link of a message is its link; the error lists all", () => {
  const message = new Message(
    mail({
      links: [
        link("https://x.test/a?t=1", "Confirm", "verify"),
        link("https://x.test/a?t=1"),
        link("https://x.test/b", "Read\nmore"),
      ],
    }),
  );
  assert.equal(message.link("/a").url, "https://x.test/a?t=1");
  assert.equal(message.link(/\/b$/g).url, message.link({ text: "read" }).url);
  assert.equal(message.link({ kind: "verify" }).text, "Confirm");
  assert.throws(() => message.link("/c"), {
    name: "LinkNotFound",
    message: /no link with "\/c" in this mail\n {2}verify: "Confirm" "https:\/\/x.test\/a\?t=1"\n.*\n.*"Read\\nmore"/,
  });
  assert.throws(
    () => message.link("x.test"),
    (error) => error instanceof LinkNotFound && error.links.length === 3 && error.message.startsWith("2 links "),
  );
});

test("a message opens in a page as HTML, or as its text", () => {
  const page = { setContent: (html) => html };
  assert.equal(new Message(mail({ body_html: "<b>x</b>" })).open(page), "<b>x</b>");
  assert.equal(new Message(mail({ body_text: "a <b> & c" })).open(page), "<pre>a &lt;b> &amp; c</pre>");
});

test("a criterion that does not exist is refused: without it any mail would match", async () => {
  const { inbox, all } = await inboxWith([found(1)]);
  const mistakes = [
    () => inbox.waitForMessage({ subjet: "Reset" }),
    () => inbox.waitForMessages(2, { sender: "shop@" }),
    () => inbox.waitForCode({ has_link: true }),
    () => inbox.waitForLink("/reset/", { label: "Reset" }),
    () => inbox.waitForNone({ subject: "Reset", timeout: "1s" }),
  ];
  for (const mistake of mistakes)
    await assert.rejects(mistake(), {
      name: "TypeError",
      message: /^"\w+" is no criterion here; known are subject, from/,
    });
  await assert.rejects(inbox.waitForMessage("Reset"), {
    name: "TypeError",
    message: /write an object, such as \{ subject/,
  });
  assert.equal(all.length, 1); // the inbox was made, nothing was waited for
});

test("an option without a value is as if it was not given", async () => {
  const { inbox } = await inboxWith([found(1)]);
  assert.equal((await inbox.waitForMessage({ subjet: undefined, subject: "Reset" })).cursor, 1);
});
