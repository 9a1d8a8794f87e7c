/** A mailbox as a live list. */

import { BadRequest, NotFound, RateLimited, Unauthorized } from "@mayfly-mail/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Mailbox } from "../../src/mail/mailbox.ts";
import { HeldSource, mail } from "./held_source.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function started(count: number): Promise<{ source: HeldSource; mailbox: Mailbox }> {
  const source = new HeldSource(count);
  const mailbox = new Mailbox(source);
  await mailbox.start();
  await settled();
  return { source, mailbox };
}

const settled = async (milliseconds = 0): Promise<void> => void (await vi.advanceTimersByTimeAsync(milliseconds));
const numbers = (mailbox: Mailbox): number[] => mailbox.entries.value.map(({ id }) => Number(id));

test("the first page is read, and the events after it are followed with all changes", async () => {
  const { source, mailbox } = await started(120);
  expect([mailbox.state.value, mailbox.hasMore.value, numbers(mailbox).length]).toEqual(["live", true, 50]);
  expect([source.following?.after, source.following?.changes]).toEqual(["7", true]);
});

test("older pages follow on, to the end", async () => {
  const { mailbox } = await started(220);
  await mailbox.more();
  await mailbox.more();
  expect([numbers(mailbox).length, numbers(mailbox).at(-1), mailbox.hasMore.value]).toEqual([220, 1, false]);
});

describe("new mail", () => {
  test("appears on top", async () => {
    const { source, mailbox } = await started(3);
    source.come(4);
    await settled(300);
    expect(numbers(mailbox)).toEqual([4, 3, 2, 1]);
  });

  test("is read together, four times a second at most", async () => {
    const { source, mailbox } = await started(0);
    source.asked = [];
    for (let number = 1; number <= 50; number += 1) {
      source.come(number);
      await settled(20);
    }
    await settled(500);
    expect(numbers(mailbox).length).toBe(50);
    expect(source.asked.length).toBeLessThanOrEqual(6);
  });

  test("is read over several pages when more came than one holds", async () => {
    const { source, mailbox } = await started(2);
    for (let number = 3; number <= 452; number += 1) source.come(number);
    await settled(300);
    expect(numbers(mailbox)).toEqual(Array.from({ length: 452 }, (_, index) => 452 - index));
  });

  test("that is more than ten pages begins the list anew, with the rest below", async () => {
    const { source, mailbox } = await started(2);
    for (let number = 3; number <= 1_500; number += 1) source.come(number);
    await settled(300);
    expect([numbers(mailbox).length, numbers(mailbox)[0], mailbox.hasMore.value]).toEqual([1_000, 1_500, true]);
    await mailbox.more();
    expect(numbers(mailbox)[1_000]).toBe(500);
  });

  test("that others overtook is found below them", async () => {
    const { source, mailbox } = await started(1);
    source.mail = [...Array.from({ length: 40 }, (_, index) => mail(100 - index)), mail(1)];
    for (let number = 61; number <= 100; number += 1) source.announce(number);
    await settled(300);
    source.mail = [...source.mail.slice(0, 40), mail(2), mail(1)];
    source.announce(2);
    await settled(300);
    expect(numbers(mailbox).slice(-2)).toEqual([2, 1]);
  });

  test("that was read along with other mail costs no call", async () => {
    const { source, mailbox } = await started(1);
    source.mail = [mail(3), mail(2), mail(1)];
    source.announce(3);
    await settled(300);
    source.asked = [];
    source.announce(2);
    await settled(300);
    expect([source.asked, numbers(mailbox)]).toEqual([[], [3, 2, 1]]);
  });

  test("is shown by its announcement while calls are scarce", async () => {
    const { source, mailbox } = await started(1);
    source.remaining = "1";
    source.come(2);
    await settled(300);
    source.come(3);
    await settled(10);
    expect([numbers(mailbox), mailbox.entries.value[0]?.isPartial]).toEqual([[3, 2, 1], true]);
    await settled(20_000);
    expect(mailbox.entries.value[0]?.isPartial).toBeUndefined();
  });

  test("is shown by its announcement where a call is refused, and read later", async () => {
    const { source, mailbox } = await started(1);
    const refusal = new RateLimited("slow down", { status: 429, retryAfter: 30_000 });
    source.fault = refusal;
    source.come(2);
    await settled(300);
    expect([numbers(mailbox), mailbox.error.value]).toEqual([[2, 1], refusal]);
    source.fault = undefined;
    await settled(31_000);
    expect([mailbox.entries.value[0]?.isPartial, mailbox.error.value]).toEqual([undefined, undefined]);
  });
});

describe("changes", () => {
  test("are shown as they are told, without a call", async () => {
    const { source, mailbox } = await started(3);
    source.asked = [];
    source.tell("change", { inbox_id: "b", what: "read", ids: [mail(2).id] });
    source.tell("change", { inbox_id: "b", what: "deleted", ids: [mail(3).id] });
    await settled();
    expect([numbers(mailbox), mailbox.unread.value, source.asked]).toEqual([[2, 1], 1, []]);
  });

  test("that come while a page is read are not undone by it", async () => {
    const { source, mailbox } = await started(120);
    let open = (): void => undefined;
    source.gate = new Promise((resolve) => (open = resolve));
    const reading = mailbox.reload();
    await settled();
    source.tell("change", { inbox_id: "b", what: "deleted", ids: [mail(120).id] });
    await settled();
    open();
    await reading;
    expect(numbers(mailbox)[0]).toBe(119);
  });

  test("tell which messages are gone, so that one that is read can say so", async () => {
    const { source, mailbox } = await started(3);
    source.tell("change", { inbox_id: "b", what: "read", ids: [mail(1).id] });
    source.tell("change", { inbox_id: "b", what: "deleted", ids: [mail(3).id, "never-listed"] });
    await settled();
    expect([...mailbox.gone.value]).toEqual([mail(3).id, "never-listed"]);
    source.tell("change", { inbox_id: "b", what: "emptied", ids: [] });
    await settled();
    expect(mailbox.gone.value.size).toBe(4);
  });

  test("of anything make the list read again, once", async () => {
    const { source, mailbox } = await started(3);
    source.mail = [mail(9)];
    source.asked = [];
    source.tell("change", { inbox_id: "b", what: "anything", ids: [] });
    source.tell("reset");
    await settled(300);
    expect([numbers(mailbox), source.asked.length]).toEqual([[9], 1]);
  });

  test("that happened while the stream was cut are read when it is back", async () => {
    const { source, mailbox } = await started(3);
    source.following?.onState?.("reconnecting");
    expect(mailbox.state.value).toBe("reconnecting");
    source.mail = [mail(3)];
    source.following?.onState?.("connected");
    await settled(300);
    expect([mailbox.state.value, numbers(mailbox)]).toEqual(["live", [3]]);
  });

  test("that happened between the first reading and the stream are read when it is there", async () => {
    const source = new HeldSource(3);
    let connect = (): void => undefined;
    source.connecting = new Promise((resolve) => (connect = resolve));
    const mailbox = new Mailbox(source);
    await mailbox.start();
    source.mail = [{ ...mail(3), is_read: true }, mail(1)];
    connect();
    await settled(300);
    expect([numbers(mailbox), mailbox.unread.value]).toEqual([[3, 1], 1]);
  });
});

test("an empty list is not read twice: mail is made up for by the stream", async () => {
  const { source } = await started(0);
  await settled(300);
  expect(source.asked.length).toBe(1);
});

describe("a search", () => {
  test("shows what it finds, and follows on", async () => {
    const { source, mailbox } = await started(20);
    await mailbox.search("Mail 1");
    expect(numbers(mailbox).length).toBe(11);
    source.come(21);
    source.come(100);
    await settled(300);
    expect([numbers(mailbox)[0], numbers(mailbox).includes(21)]).toEqual([100, false]);
  });

  test("that is wrong says why, and finds nothing", async () => {
    const { source, mailbox } = await started(3);
    source.fault = new BadRequest("q: `is:old`: known are read, unread, tagged", { status: 400 });
    await mailbox.search("is:old");
    const problem = "`is:old`: known are read, unread, tagged.";
    expect([mailbox.problem.value, numbers(mailbox), mailbox.error.value]).toEqual([problem, [], undefined]);
    source.fault = new BadRequest("q: Expected `str` of length <= 1000", { status: 400 });
    await mailbox.search("a".repeat(1001));
    expect(mailbox.problem.value).toBe("Must have at most 1000 characters.");
    source.fault = undefined;
    await mailbox.search("");
    expect([mailbox.problem.value, numbers(mailbox)]).toEqual(["", [3, 2, 1]]);
  });
});

describe("the end", () => {
  test("of the inbox is said with its reason", async () => {
    const { source, mailbox } = await started(1);
    source.tell("expired", { address: "ann@mayfly.test" });
    source.end("over");
    await settled();
    expect([mailbox.state.value, mailbox.ending.value]).toEqual(["ended", "expired"]);
  });

  test("of the credentials takes everything away at once", async () => {
    const { source, mailbox } = await started(120);
    source.end(new Unauthorized("the key was revoked", { status: 401 }));
    await settled();
    expect([mailbox.state.value, numbers(mailbox), mailbox.hasMore.value]).toEqual(["refused", [], false]);
  });

  test("that was before the page came is a failure to explain", async () => {
    const source = new HeldSource();
    const failure = new NotFound("no such inbox", { status: 404 });
    source.fault = failure;
    source.open = async () => Promise.reject(failure);
    const mailbox = new Mailbox(source);
    await mailbox.start();
    expect([mailbox.state.value, mailbox.error.value, mailbox.isLoading.value]).toEqual(["failed", failure, false]);
  });
});
