// The client in a browser, on a page of the server's own origin. Run beside the example playwright-ts, which has a browser.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";

const library = new URL("../node_modules/@mayfly-mail/client/dist/", import.meta.url);
const origin = process.env["MAYFLY_URL"] ?? "";

test("works in a browser without a build step, by the page's origin", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.route("**/page", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title>" }),
  );
  await page.route("**/library/**", async (route) => {
    const name = new URL(route.request().url()).pathname.replace("/library/", "");
    await route.fulfill({ contentType: "text/javascript", body: await readFile(new URL(name, library)) });
  });
  await page.goto(`${origin}/page`);
  const said = await page.evaluate(async (apiKey) => {
    const { Mayfly, WaitTimeout } = await import(`${location.origin}/library/index.js`);
    const mayfly = new Mayfly({ apiKey });
    const inbox = await mayfly.inbox();
    const mark = await inbox.cursor();
    const seen = (async () => {
      for await (const event of inbox.stream({ after: mark })) if (event.type === "message") return event.subject;
    })();
    await inbox.inject({
      subject: "Grüße",
      text: "Your code is 482193",
      attachments: [{ filename: "a.bin", content: new Uint8Array(3) }],
    });
    const code = await inbox.waitForCode({ after: mark });
    const octets = await inbox.attachment(code.message, "a.bin");
    const failure = await inbox.waitForMessage({ subject: "no", timeout: 10 }).catch((error: unknown) => error);
    const late = await inbox
      .waitForMessage({ after: code.cursor, signal: AbortSignal.timeout(50) })
      .catch((error: Error) => error.name);
    await inbox.delete();
    return [
      code.value,
      await seen,
      octets.length,
      failure instanceof WaitTimeout,
      late,
      mayfly.url,
      JSON.stringify(mayfly),
    ];
  }, process.env["MAYFLY_API_KEY"]);
  expect(said).toEqual(["482193", "Grüße", 3, true, "TimeoutError", origin, JSON.stringify({ url: origin })]);
  expect(problems).toEqual([]);
});
