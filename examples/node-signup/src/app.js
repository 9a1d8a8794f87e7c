/** An application with accounts: `POST /signup` mails a code, `/confirm` takes it, `/reset` mails a link. */

import { randomInt, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { formPage } from "./pages.js";

/** Return a server that is not listening yet. */
export function appWith(mails) {
  const accounts = new Map(); // address -> { code, isConfirmed, token }
  const routes = {
    "GET /": () => page("Sign up", "/signup", { email: "E-mail" }),
    "POST /signup": async ({ email }) => {
      const account = { code: String(randomInt(100_000, 1_000_000)), isConfirmed: false, token: "" };
      await mails.code(email, account.code);
      accounts.set(email, account);
      return page("Confirm", "/confirm", { code: "Code" }, { email });
    },
    "POST /confirm": ({ email, code }) => {
      const account = accounts.get(email);
      if (account?.code !== code) return [403, "This code is wrong"];
      account.isConfirmed = true;
      return [200, `Welcome, ${email}`];
    },
    "POST /reset": async ({ email }, origin) => {
      const account = accounts.get(email);
      if (account?.isConfirmed) {
        account.token = randomUUID();
        await mails.reset(email, `${origin}/reset?token=${account.token}`);
      }
      return [200, "If there is such an account, a mail is on its way"]; // tells a stranger nothing
    },
    "GET /reset": ({ token }) =>
      [...accounts.values()].some((each) => token && each.token === token)
        ? [200, "Choose a new password"]
        : [404, "This link is not valid"],
  };
  return createServer(async (request, response) => {
    const origin = `http://${request.headers.host}`;
    const url = new URL(request.url, origin);
    const route = routes[`${request.method} ${url.pathname}`] ?? (() => [404, "Not found"]);
    const fields = request.method === "POST" ? new URLSearchParams(await textOf(request)) : url.searchParams;
    const [status, body] = await Promise.resolve(route(Object.fromEntries(fields), origin)).catch(() => [
      503,
      "Try again later",
    ]);
    response
      .writeHead(status, {
        "content-type": body.startsWith("<") ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
      })
      .end(body);
  });
}

function page(title, action, fields, hidden) {
  return [200, formPage(title, action, fields, hidden)];
}

async function textOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
