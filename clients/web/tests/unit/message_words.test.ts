/** What the message's screen says of times, sizes, names, octets and steps. */

import { describe, expect, test } from "vitest";
import { span, travelled } from "../../src/message/arrival.ts";
import { CHECKS, gradeOf, meaningOf } from "../../src/message/checks.ts";
import { maybePicture, pictureType } from "../../src/message/pictures.ts";
import { since, told } from "../../src/message/steps.ts";
import { readOctets, visible } from "../../src/parts/visible.ts";

const SENT = "2026-11-30T12:00:00Z";

test.each([
  ["2026-11-30T12:00:00.9Z", "received at once"],
  ["2026-11-30T12:00:03Z", "received 3 s after it was sent"],
  ["2026-11-30T12:02:05Z", "received 2 min 5 s after it was sent"],
  ["2026-12-02T13:00:00Z", "received 2 d 1 h after it was sent"],
  ["2026-11-30T10:00:00Z", "its Date is 2 h later than its arrival: a clock is wrong, or the sender made it up"],
  ["nonsense", ""],
])("a mail of noon that came at %s: %s", (receivedAt, words) => {
  expect(travelled(SENT, receivedAt)).toBe(words);
});

test("no time at all is no second", () => {
  expect(span(0)).toBe("0 s");
});

describe("octets", () => {
  const encoded = new TextEncoder().encode("aä€😀");
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("that are cut after %d show whole characters", (length) => {
    expect("aä€😀".startsWith(readOctets(encoded.subarray(0, length)))).toBe(true);
  });

  test("that are no UTF-8 are shown one by one", () => {
    expect(readOctets(new Uint8Array([0x61, 0xe4, 0x62]))).toBe("aäb");
  });
});

test("what nobody sees becomes visible", () => {
  expect(visible("a\u202eb\u0000c\u200bd\r\ne\tf")).toBe("a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩d\ne\tf");
});

describe("a picture", () => {
  const png = (width: number): Uint8Array => {
    const octets = new Uint8Array(24);
    octets.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    new DataView(octets.buffer).setUint32(16, width);
    new DataView(octets.buffer).setUint32(20, 1_000);
    return octets;
  };

  test("is one by its octets", () => {
    expect(pictureType(png(640))).toBe("image/png");
    expect(pictureType(new TextEncoder().encode("GIF89a\u0001\u0000\u0001\u0000"))).toBe("image/gif");
  });

  test("is none when it is a document, or would fill the memory", () => {
    expect(pictureType(new TextEncoder().encode("<svg onload=alert(1)>"))).toBeUndefined();
    expect(pictureType(png(1_000_000))).toBeUndefined();
    expect(pictureType(new Uint8Array())).toBeUndefined();
  });

  // The heads of pictures of 300 by 200 as Pillow 12 writes them, and the octets that hold the two sizes.
  test.each([
    ["image/webp", "UklGRqYAAABXRUJQVlA4IJoAAABwEACdASosAcgA", [26, 27, 28, 29]],
    ["image/webp", "UklGRigAAABXRUJQVlA4TBwAAAAvK8ExAAdQgVQI", [21, 22, 23, 24]],
    ["image/webp", "UklGRtYAAABXRUJQVlA4WAoAAAAQAAAAKwEAxwAA", [24, 25, 26, 27, 28, 29]],
    ["image/avif", "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxAAAAFGlzcGUAAAAAAAABLAAAAMg=", [36, 37, 38, 39, 40, 41, 42, 43]],
    ["image/jpeg", "/9j/4AAQSkZJRgABAQAAAQABAAD/2wAEAAH/wAARCADIASwDAREAAhEBAxEB", [31, 32, 33, 34]],
  ])("of type %s has so many pixels as it says", (type, head, places) => {
    const octets = Uint8Array.from(atob(head), (character) => character.charCodeAt(0));
    expect(pictureType(octets)).toBe(type);
    expect(pictureType(octets.slice(0, places[0]))).toBe(type);
    for (const place of places) octets[place] = 0xff;
    expect(pictureType(octets)).toBeUndefined();
  });

  test("is not looked for in other types", () => {
    expect(["image/png", "image/jpeg; x=y", "image/svg+xml", "text/html"].map((type) => maybePicture(type, 9))).toEqual(
      [true, true, false, false],
    );
    expect(maybePicture("image/png", 50_000_000)).toBe(false);
  });
});

test("every result of a check that the parser gives means something", () => {
  for (const [check] of CHECKS) {
    for (const result of ["pass", "fail", "none", "temperror", "permerror"]) {
      expect(meaningOf(check, result)).not.toBe("");
    }
  }
  expect(["pass", "softfail", "none", "temperror"].map(gradeOf)).toEqual(["good", "bad", "open", "open"]);
});

describe("a step", () => {
  const at = SENT;
  test.each([
    [{ kind: "accepted", source: "smtp", peer: "192.0.2.1" }, "Accepted", "Received whole by SMTP, from 192.0.2.1."],
    [{ kind: "accepted", source: "api" }, "Accepted", "Put in by a call of the API (api)."],
    [{ kind: "announced", sequence: 7 }, "Announced", "Told to streams and waits, at cursor 7."],
    [
      {
        kind: "webhook_attempt",
        attempt: 2,
        status: 500,
        url: "https://a.test",
        duration_ms: 12.4,
        is_delivered: false,
      },
      "Webhook failed",
      "Attempt 2 at https://a.test: answered 500 in 12 ms",
    ],
    [
      { kind: "webhook_attempt", attempt: 1, status: null, error: "timeout", is_delivered: false },
      "Webhook failed",
      "Attempt 1: no answer: timeout",
    ],
    [{ kind: "something_new" }, "something new", ""],
  ])("%o", (step, title, detail) => {
    expect(told({ at, ...step })).toMatchObject({ title, detail });
  });

  test.each([
    ["2026-11-30T12:00:00.012Z", "+12 ms"],
    ["2026-11-30T12:00:02.500Z", "+2.5 s"],
    ["2026-11-30T12:02:05Z", "+2 min 5 s"],
    [SENT, ""],
  ])("at %s is %s after noon", (later, words) => {
    expect(since(SENT, later)).toBe(words);
  });
});
