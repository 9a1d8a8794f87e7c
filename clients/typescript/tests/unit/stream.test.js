import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Unavailable } from "../../dist/index.js";
import { INBOX, clientOf } from "./fetching.js";

const CONNECTED = 'event: connected\ndata: {"address":"ann@mayfly.test"}\nid: 4\n\n';
const mail = (id, subject) =>
  `event: message\ndata: ${JSON.stringify({ type: "new_message", id: `m${id}`, from: "a@b.test", subject, has_otp: true })}\nid: ${id}\n\n`;
const ENDED = "event: expired\ndata: {}\nid: 9\n\n";

/** An answer whose body is these pieces; it stays open unless `end`. */
function streamed(pieces, { end = true } = {}) {
  return (_, { signal }) => {
    const body = new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        if (end) controller.close();
        else signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

async function streamOf(answers, options) {
  const { mayfly, asked } = clientOf([[201, INBOX], ...answers]);
  return { stream: (await mayfly.inbox()).stream(options), asked };
}

const after = (each) => new URL(each.url).searchParams.get("after");

test("it goes on after the last event, whether the end was announced or not", async () => {
  const { stream, asked } = await streamOf([
    streamed([CONNECTED, mail(5, "one"), "retry: 1\n\n"]),
    streamed([CONNECTED, mail(6, "two"), "id: 7\ndata: half an event"]),
    [503, {}, { "retry-after": "0" }],
    new TypeError("fetch failed"),
    streamed([CONNECTED, "event: ping\ndata: {}\n\n", mail(8, "three"), ENDED]),
  ]);
  const events = [];
  for await (const event of stream) events.push([event.type, event.cursor, event.subject]);
  assert.deepEqual(events, [
    ["connected", 4, ""],
    ["message", 5, "one"],
    ["message", 6, "two"],
    ["message", 8, "three"],
    ["expired", 9, ""],
  ]);
  assert.deepEqual(asked.slice(1).map(after), [null, "5", "6", "6", "6"]);
});

test("a stream that was left keeps no timer, which would keep the process", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const { stream } = await streamOf([streamed([CONNECTED, mail(5, "one")], { end: false })]);
  for await (const event of stream) if (event.type === "message") break;
  assert.equal(timers(), before);
});

test("the page of something in between is no stream", async () => {
  const { stream } = await streamOf([[200, "<h1>Welcome</h1>"]]);
  await assert.rejects(stream.next(), { message: /text\/html instead of events: is that a Mayfly\?/ });
});

test("connections that end without an event are given up at last", async () => {
  const { stream, asked } = await streamOf([streamed(["retry: 1\n\n"])]);
  await assert.rejects(stream.next(), Unavailable);
  assert.ok(asked.length < 10, `${asked.length} requests`);
});

test("a silence that is too long is a lost connection", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { stream, asked } = await streamOf([
      streamed([CONNECTED], { end: false }),
      streamed([CONNECTED, mail(5, "one"), ENDED]),
    ]);
    assert.equal((await stream.next()).value.type, "connected");
    const next = stream.next();
    for (let second = 0; second < 50; second += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      mock.timers.tick(1_000);
    }
    assert.equal((await next).value.subject, "one");
    assert.deepEqual(asked.slice(1).map(after), [null, "4"]);
  } finally {
    mock.timers.reset();
  }
});

test("revoked credentials end it with an error", async () => {
  const { stream } = await streamOf([streamed([CONNECTED, "event: refused\ndata: {}\n\n"])]);
  await stream.next();
  await assert.rejects(stream.next(), { name: "Unauthorized", code: "refused" });
});

test("a server that was never there is an error, not a silence", async () => {
  const { stream } = await streamOf([new TypeError("fetch failed")]);
  mock.timers.enable({ apis: ["setTimeout"] });
  const clock = setInterval(() => mock.timers.tick(1_000), 1);
  try {
    await assert.rejects(stream.next(), Unavailable);
  } finally {
    clearInterval(clock);
    mock.timers.reset();
  }
});

test("a mistake of the caller's own is not taken for a cut connection", async () => {
  const onState = () => {
    throw new Error("my mistake");
  };
  const { stream } = await streamOf([streamed([CONNECTED])], { onState });
  await assert.rejects(stream.next(), { message: "my mistake" });
});

test("it tells its state", async () => {
  const states = [];
  const onState = (state) => states.push(state);
  const { stream } = await streamOf([streamed([CONNECTED, "retry: 1\n\n"]), streamed([CONNECTED, ENDED])], { onState });
  for await (const event of stream) assert.ok(["connected", "expired"].includes(event.type));
  assert.deepEqual(states, ["connected", "reconnecting", "connected"]);
});

test("an abort throws its reason, also before the first event", async () => {
  const { stream } = await streamOf([streamed([CONNECTED])], { signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(stream.next(), { message: "enough" });
});

test("the stream of an account outlives its inboxes, and says after a cut that changes may have been missed", async () => {
  const { mayfly, asked } = clientOf([
    streamed([CONNECTED, mail(5, "one"), 'event: deleted\ndata: {"inbox_id":"i1","address":"a@b.test"}\nid: 6\n\n', "retry: 1\n\n"]),
    streamed([
      CONNECTED,
      'event: change\ndata: {"inbox_id":"i2","what":"read","ids":["m1"],"tags":[]}\n\n',
      'event: inbox\ndata: {"inbox_id":"i3","address":"c@b.test","what":"created"}\n\n',
    ], { end: false }),
  ]);
  const events = [];
  for await (const event of mayfly.stream({ after: 3, changes: true })) {
    events.push([event.type, event.inboxId, event.data.what]);
    if (event.type === "inbox") break;
  }
  assert.deepEqual(events, [
    ["connected", "", undefined],
    ["message", "", undefined],
    ["deleted", "i1", undefined],
    ["change", "", "anything"],
    ["change", "i2", "read"],
    ["inbox", "i3", "created"],
  ]);
  assert.deepEqual(asked.map((each) => new URL(each.url).pathname + new URL(each.url).search), [
    "/api/v1/sse/messages?after=3&changes=true",
    "/api/v1/sse/messages?after=6&changes=true",
  ]);
});

test("the list of an account has the cursor of its first page and where it goes on", async () => {
  const entries = Array.from({ length: 100 }, (_, number) => ({ id: `m${number}` }));
  const { mayfly, asked } = clientOf([
    [200, entries, { "x-cursor": "41", "x-next-cursor": "p2" }],
    [200, entries.slice(0, 20), { "x-cursor": "44", "x-next-cursor": "p3" }],
  ]);
  const found = await mayfly.messages("is:unread", { limit: 120, hasOtp: true, page: "p1" });
  assert.deepEqual([found.length, found.cursor, found.next], [120, 41, "p3"]);
  assert.deepEqual(asked.map((each) => new URL(each.url).search), [
    "?q=is%3Aunread&has_otp=true&limit=100&cursor=p1&consistent=true",
    "?q=is%3Aunread&has_otp=true&limit=20&cursor=p2&consistent=true",
  ]);
});
