/** Fault plans as text; the plans of clients/tests/fault_plans.json are read by the Python client too. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseFaultPlan } from "../../dist/index.js";

const PLANS = JSON.parse(readFileSync(new URL("../../../tests/fault_plans.json", import.meta.url), "utf8"));

for (const [plan, expected] of Object.entries(PLANS.read)) {
  test(`${plan} is read`, () => assert.deepEqual(parseFaultPlan(plan), expected));
}

for (const [plan, named] of Object.entries(PLANS.refused)) {
  test(`${JSON.stringify(plan)} is refused, with the word at fault`, () => {
    assert.throws(
      () => parseFaultPlan(plan),
      (error) => {
        assert.equal(error.name, "RangeError");
        assert.ok(error.message.includes(named), error.message);
        return true;
      },
    );
  });
}

test("a word that is not known is named with those that are", () => {
  assert.throws(() => parseFaultPlan("451 twice"), { message: /"twice" is not known; known: a code 400 to 599/ });
});
