// Run by clients/tests/system/test_node_clients.py, which reads report.json: some of these tests fail on purpose.
import { expect as base, mergeExpects, mergeTests, test as plain } from "@playwright/test";
import { expect, test } from "@mayfly-mail/playwright";

for (const number of [1, 2, 3, 4]) {
  test(`has an inbox of its own, ${number}`, async ({ inbox, mayfly }, testInfo) => {
    await inbox.inject({ subject: `Hello ${number}`, text: "Your code is 482193" });
    await expect(inbox).toReceive({ subject: "hello", hasOtp: true });
    expect((await inbox.messages()).length).toBe(1);
    expect((await inbox.waitForCode()).value).toBe("482193");
    expect((await mayfly.open(inbox.address)).label).toContain(`inbox of its own, ${number}`);
    testInfo.annotations.push({ type: "address", description: inbox.address });
  });
}

test("proves that nothing came", async ({ inbox }) => {
  await inbox.inject({ subject: "Welcome" });
  await expect(inbox).toReceive();
  await expect(inbox).not.toReceive({ subject: "Reset", timeout: 100 });
});

test("merges with the fixtures and expectations of others", async () => {
  const merged = mergeExpects(
    expect,
    base.extend({ toBeOdd: (value: number) => ({ pass: value % 2 === 1, message: () => "" }) }),
  );
  merged(3).toBeOdd();
  expect(typeof merged(3).toReceive).toBe("function");
  expect(typeof mergeTests(test, plain)).toBe("function");
});

test("may delete its inbox itself", async ({ inbox }) => {
  await inbox.delete();
});

test("has a space", async ({ space }) => {
  await space.inject({ to: "ann@any.test", subject: "Hi" });
  await expect(space).toReceive({ to: "ann@any.test" });
});

test("passes at the second attempt, with another inbox", async ({ inbox }, testInfo) => {
  testInfo.annotations.push({ type: "address", description: inbox.address });
  expect(await inbox.messages()).toEqual([]);
  await inbox.inject({ subject: "one" });
  expect(testInfo.retry).toBe(1);
});

test("says that nothing came, which mail should not have come, and what takes no mail", async ({ inbox }) => {
  await expect(expect(inbox).toReceive({ timeout: 10 })).rejects.toThrow(/no mail came/);
  await inbox.inject({ subject: "Surprise" });
  await expect(expect(inbox).not.toReceive({ timeout: "10s" })).rejects.toThrow(/came: "Surprise"/);
  await expect(expect("ann@mayfly.test" as never).toReceive()).rejects.toThrow(/takes an inbox/);
});

test.describe("failures", () => {
  test.describe.configure({ retries: 0 });

  test("lists what came", async ({ inbox }) => {
    await inbox.inject({ subject: "Welcome", text: "Hello" });
    await inbox.messages(); // waits until it is stored
    await expect.configure({ timeout: 300 })(inbox, "the reset mail").toReceive({ subject: "Reset" });
  });

  test("goes on after a soft failure, until a wait fails", async ({ inbox }) => {
    await expect.soft(inbox).toReceive({ timeout: 10 });
    await inbox.waitForCode({ timeout: 10 });
  });
});
