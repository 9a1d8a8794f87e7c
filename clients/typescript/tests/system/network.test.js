/** The client over a network that fails. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { Mayfly } from "@mayfly-mail/client";
import { relayTo } from "./relay.js";

const direct = new Mayfly();
let relay, mayfly, inbox;
before(async () => {
  relay = await relayTo(direct.url);
  mayfly = new Mayfly({ url: relay.url });
  inbox = await mayfly.inbox({ label: "network" });
});
after(async () => {
  await inbox.delete();
  await relay.close();
});

const behind = async () => await direct.open(inbox.address);
const pause = (span) => new Promise((resolve) => setTimeout(resolve, span));

test("a wait survives cut connections and a server that is away, and loses nothing", async () => {
  const mark = await inbox.cursor();
  const waiting = inbox.waitForMessage({ subject: "after the cut", after: mark, timeout: "20s" });
  await pause(50);
  relay.cut();
  await pause(50);
  const away = relay.down(300);
  await (await behind()).inject({ subject: "after the cut" });
  await away;
  assert.equal((await waiting).subject, "after the cut");
});

test("a stream that is cut again and again tells each mail once, in the order of its cursors", async () => {
  const states = [];
  const stream = inbox.stream({ after: await inbox.cursor(), onState: (state) => states.push(state) });
  const subjects = [];
  const cursors = [];
  const sender = (async () => {
    for (let number = 0; number < 12; number += 1) {
      await (await behind()).inject({ subject: `n${number}` });
      if (number % 3 === 1) relay.cut();
    }
  })();
  for await (const event of stream) {
    if (event.type === "message") {
      subjects.push(event.subject);
      cursors.push(event.cursor);
    }
    if (subjects.length === 12) break;
  }
  await sender;
  assert.deepEqual(subjects.sort(), Array.from({ length: 12 }, (_, number) => `n${number}`).sort());
  assert.deepEqual(
    cursors,
    cursors.toSorted((one, other) => one - other),
  );
  assert.ok(states.includes("reconnecting"));
});

test("an answer that is cut in the middle is asked for again; what was created is created once", async () => {
  const label = `once-${Math.random()}`;
  relay.cut();
  await pause(20);
  relay.cutAnswersAfter = 100; // the request arrives, the answer does not
  const made = await mayfly.inbox({ label });
  const all = await direct.inboxes({ label });
  assert.deepEqual(
    all.map((each) => each.address),
    [made.address],
  );
  await made.delete();
});

test("a mail that is injected while the answer is cut is there once", async () => {
  await inbox.clear();
  relay.cut();
  await pause(20);
  relay.cutAnswersAfter = 100;
  await inbox.inject({ subject: "once", attachments: [{ filename: "a", content: "b" }] });
  assert.equal((await (await behind()).messages()).length, 1);
});

test("a server that closes every connection after its answer is no failure", async () => {
  for (let call = 0; call < 20; call += 1) {
    assert.equal((await mayfly.health()).ok, true);
    relay.cut();
  }
});

test("an error of a lost connection, printed with all that hangs on it, has no secret", async () => {
  relay.isDown = true;
  relay.cut();
  const failures = [
    mayfly.webhooks.test("w1"),
    inbox.stream().next(),
    new Mayfly({ url: relay.url, retryFor: 0 }).account(),
  ];
  const printed = await Promise.all(
    failures.map((failure) => failure.catch((error) => inspect(error, { depth: 12, showHidden: true }))),
  );
  relay.isDown = false;
  for (const text of printed) {
    assert.match(text, /Unavailable/);
    assert.ok(!text.includes(process.env.MAYFLY_API_KEY ?? "") && !text.includes(inbox.token ?? ""), text);
  }
});

test("closing a stream ends it while it waits, and aborting throws the reason", async () => {
  const closed = inbox.stream();
  const awaited = closed.next().then(() => closed.next());
  await pause(50);
  closed.close();
  assert.deepEqual(await awaited, { done: true, value: undefined });
  const controller = new AbortController();
  const aborted = inbox.stream({ signal: controller.signal });
  const next = aborted.next().then(() => aborted.next());
  await pause(50);
  controller.abort(new Error("enough"));
  await assert.rejects(next, { message: "enough" });
});

test("an aborted wait ends at once", async () => {
  const began = performance.now();
  const after = await inbox.cursor();
  await assert.rejects(inbox.waitForMessage({ after, timeout: "30s", signal: AbortSignal.timeout(50) }), {
    name: "TimeoutError",
  });
  assert.ok(performance.now() - began < 10_000);
});
