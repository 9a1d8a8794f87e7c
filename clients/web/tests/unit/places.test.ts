/** URLs of screens: each leads to its screen, and back to the same URL. */

import { describe, expect, test } from "vitest";
import { ACCOUNT_SECTIONS, OPERATOR_SECTIONS, pathOf, placeOf } from "../../src/shell/places.ts";
import type { Place } from "../../src/shell/places.ts";

const PLACES: Place[] = [
  { screen: "start" },
  { screen: "sign-in" },
  { screen: "all", message: undefined },
  { screen: "all", message: "0198" },
  { screen: "inbox", inbox: "ann+tag@mayfly.test", message: undefined },
  { screen: "inbox", inbox: "a/b?c#d", message: "0199" },
  { screen: "wait", inbox: "00000000" },
  { screen: "account", section: "webhooks", item: "0198" },
  ...ACCOUNT_SECTIONS.map((section): Place => ({ screen: "account", section })),
  ...OPERATOR_SECTIONS.map((section): Place => ({ screen: "operator", section })),
];

describe("the URL of a screen", () => {
  test.each(PLACES)("leads back to it: %o", (place) => {
    expect(placeOf(pathOf(place))).toEqual(place);
  });

  test.each([
    "inbox",
    "nowhere",
    "account/nothing",
    "operator/keys",
    "all/a/b",
    "account/keys/0198",
    "account/webhooks/a/b",
    "sign-in/x",
    "wait/a/b",
  ])("names nothing: %s", (path) => {
    expect(placeOf(path)).toEqual({ screen: "lost", path });
  });

  test.each(["", "/", "//"])("is the start without a name: %j", (path) => {
    expect(placeOf(path)).toEqual({ screen: "start" });
  });

  test("shows the first section of a screen that has several", () => {
    expect([placeOf("account"), placeOf("operator/")]).toEqual([
      { screen: "account", section: "keys" },
      { screen: "operator", section: "overview" },
    ]);
  });

  test("may hold what is no percent-encoding", () => {
    expect(placeOf("inbox/%zz")).toEqual({ screen: "inbox", inbox: "%zz", message: undefined });
  });
});
