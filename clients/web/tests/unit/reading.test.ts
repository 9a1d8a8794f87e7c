/** What screens read from the server, while something is changed at the same time. */

import { expect, test } from "vitest";
import { Loading } from "../../src/parts/loaded.ts";
import { Pages } from "../../src/parts/pages.ts";

interface Asked<T> {
  readonly cursor: string | undefined;
  readonly answer: (given: T) => Promise<void>;
}

/** Answers of a server that a test gives when it likes. */
function held<T>() {
  const asked: Asked<T>[] = [];
  const ask = async (cursor?: string): Promise<T> =>
    await new Promise<T>((resolve) => {
      const answer = async (given: T): Promise<void> => {
        resolve(given);
        await new Promise((later) => setTimeout(later));
      };
      asked.push({ cursor, answer });
    });
  return { asked, ask };
}

const page = (data: number[], next?: string) => ({
  data,
  status: 200,
  headers: new Headers(next === undefined ? {} : { "x-next-cursor": next }),
});

async function twoOfThree() {
  const { asked, ask } = held<ReturnType<typeof page>>();
  const pages = new Pages<number>(ask);
  void pages.reload();
  await asked[0]!.answer(page([3, 2], "2"));
  return { asked, pages };
}

test("what is deleted while the next page is read does not come back with it", async () => {
  const { asked, pages } = await twoOfThree();
  void pages.more();
  pages.set([2]);
  await asked[1]!.answer(page([1]));
  expect(pages.items.value).toEqual([2, 1]);
});

test("a first page of the time before a change is read once more", async () => {
  const { asked, pages } = await twoOfThree();
  void pages.reload();
  pages.set([2]);
  await asked[1]!.answer(page([3, 2]));
  expect(pages.items.value).toEqual([2]);
  await asked[2]!.answer(page([2]));
  expect([pages.items.value, pages.isLoading.value]).toEqual([[2], false]);
});

test("a change while it is read again is not undone by what was on its way", async () => {
  const { asked, ask } = held<string>();
  const loading = new Loading(async () => await ask());
  void loading.reload();
  await asked[0]!.answer("old");
  void loading.reload();
  loading.set("new");
  await asked[1]!.answer("old");
  expect(loading.data.value).toBe("new");
  await asked[2]!.answer("new");
  expect([loading.data.value, loading.isLoading.value]).toEqual(["new", false]);
});
