/** Changes of more messages than one call takes. */

import { Mayfly, Unavailable } from "@mayfly-mail/client";
import { expect, test } from "vitest";
import { deleteMessages, markMessages } from "../../src/mail/calls.ts";

const IDS = Array.from({ length: 250 }, (_, number) => `id-${number}`);

/** A client whose server answers some calls, and then none. */
function answering(times: number) {
  const sent: { target: string; count: number }[] = [];
  const client = new Mayfly({
    url: "http://mayfly.test",
    retryFor: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (sent.length >= times) return Response.json({ code: "unavailable", message: "busy" }, { status: 503 });
      const { ids } = (await request.json()) as { ids: string[] };
      sent.push({ target: `${request.method} ${new URL(request.url).pathname}`, count: ids.length });
      return Response.json({ changed: ids, deleted: ids, missing: [] });
    },
  });
  return { client, sent };
}

test("they are deleted by a hundred", async () => {
  const { client, sent } = answering(3);
  const done: string[] = [];
  await deleteMessages(client, IDS, (ids) => done.push(...ids));
  expect(sent.map(({ target, count }) => `${target} ${count}`)).toEqual([
    "POST /api/v1/messages/delete 100",
    "POST /api/v1/messages/delete 100",
    "POST /api/v1/messages/delete 50",
  ]);
  expect(done).toEqual(IDS);
});

test("what was marked before a failure is told", async () => {
  const { client } = answering(2);
  const done: string[] = [];
  await expect(markMessages(client, IDS, true, (ids) => done.push(...ids))).rejects.toThrow(Unavailable);
  expect(done).toEqual(IDS.slice(0, 200));
});
