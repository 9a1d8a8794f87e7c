/** What an error says about single fields. */

import { BadRequest, Forbidden } from "@mayfly-mail/client";
import { describe, expect, test } from "vitest";
import { needOf } from "../../src/parts/needs.ts";
import { beyond, problemOf } from "../../src/parts/problems.ts";

const error = (message: string): BadRequest => new BadRequest(message, { status: 400 });

describe("a field", () => {
  test.each([
    ["email: must not contain blanks", "email", "Must not contain blanks."],
    ["email: bad; password: too short", "password", "Too short."],
    ["email: bad; password: too short", "email", "Bad."],
    ["allowed_domains[1]: no; see the docs", "allowed_domains", "No; see the docs."],
    ["label: one; label: two", "label", "One; two."],
    ["password: Expected `str` of length >= 10", "password", "Must have at least 10 characters."],
    ["label: Expected `str` of length >= 1", "label", "Must not be empty."],
    ["scopes: Expected `array` of length <= 20", "scopes", "Must have at most 20 entries."],
    ["expires_in_days: Expected `int` <= 3650", "expires_in_days", "Must be 3650 or less."],
    ["email: Expected `str` matching regex '^[^@]: $'", "email", "Does not have the form that is needed."],
    ["name: shop.test is in use", "name", "shop.test is in use."],
    ["webhooks: requires plan pro", "url", ""],
    ["the request body is missing", "email", ""],
    ["", "email", ""],
  ])("of %j: %s", (message, field, problem) => {
    expect(problemOf(error(message), field)).toBe(problem);
  });

  test("has no problem with what is no answer", () => {
    expect(problemOf(new Error("email: x"), "email")).toBe("");
  });
});

describe("what no field shows", () => {
  test("is nothing when all is about fields", () => {
    expect(beyond(error("email: bad; password: short"), ["email", "password"])).toBeUndefined();
  });

  test.each(["email: bad; plan: short", "this is used up"])("is the error itself: %s", (message) => {
    const given = error(message);
    expect(beyond(given, ["email", "password"])).toBe(given);
  });

  test("is nothing without an error", () => {
    expect(beyond(undefined, ["email"])).toBeUndefined();
  });
});

describe("who may not", () => {
  test.each([
    ["this API key does not have the scope team:read", "scope team:read"],
    ["this API key does not have the scope *", "may do everything"],
    ["webhooks: requires plan pro or higher", "operator changes plans"],
    ["scopes: goes beyond the scopes of the API key that makes this one", "nothing stronger"],
    ["API key not authorized for this domain", "allowed domains"],
    ["something new", "Another key"],
  ])("%s: is told what it takes", (message, advice) => {
    expect(needOf(new Forbidden(message, { status: 403 }))).toContain(advice);
  });
});
