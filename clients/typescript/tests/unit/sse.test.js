import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameReader } from "../../dist/sse.js";

const SAMPLE =
  ": hello\nid: 41\nevent: connected\ndata: {}\n\nid:42\ndata: first\ndata: second\ndata\n\nevent: ping\n\ndata: last\n\n";
const EXPECTED = [
  { event: "connected", data: "{}", id: "41" },
  { event: "message", data: "first\nsecond\n", id: "42" },
  { event: "message", data: "last", id: "42" },
];

function read(pieces) {
  const reader = new FrameReader();
  return pieces.flatMap((piece) => reader.feed(piece));
}

for (const [name, ending] of [
  ["LF", "\n"],
  ["CRLF", "\r\n"],
  ["CR", "\r"],
]) {
  const text = SAMPLE.replaceAll("\n", ending);
  test(`${name}: events are the same wherever the text is cut`, () => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      assert.deepEqual(read([text.slice(0, cut), text.slice(cut)]), EXPECTED, `cut at ${cut}`);
    }
    assert.deepEqual(read([...text]), EXPECTED);
  });
}

test("a byte order mark is no part of the first field", () => {
  assert.deepEqual(read(["\ufeffdata: x\n\n"]), [{ event: "message", data: "x", id: "" }]);
});

test("an event that the connection cut in two is dropped", () => {
  assert.deepEqual(read(["id: 7\ndata: half"]), []);
});

test("an id with a NUL is ignored, and only digits are a time to wait", () => {
  const reader = new FrameReader();
  reader.feed("retry: 1500\nretry: soon\nid: 8\nid: 9\0\ndata: x\n\n");
  assert.equal(reader.retry, 1500);
  assert.deepEqual(reader.feed("data: y\n\n"), [{ event: "message", data: "y", id: "8" }]);
});
