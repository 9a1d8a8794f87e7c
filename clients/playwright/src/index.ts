/**
 * Playwright's `test` and `expect` with mail: `mayfly`, the client of a worker; `inbox` and `space`, new ones for each test
 * and each retry; `expect(inbox).toReceive()`.
 */

export { test } from "./fixtures.js";
export type { MayflyFixtures, MayflyWorkerFixtures } from "./fixtures.js";
export { expect } from "./matchers.js";
export type { Expected } from "./matchers.js";
