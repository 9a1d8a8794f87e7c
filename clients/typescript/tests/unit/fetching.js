/** A `fetch` that answers from a list, and notes what it was asked. */

import { Mayfly } from "../../dist/index.js";

export const KEY = "mfy_secret_of_this_test";

/** Return a client whose answers are these: functions, errors to throw, or [status, body, headers]. */
export function clientOf(answers, options = {}) {
  const asked = [];
  const left = [...answers];
  const fetch = async (url, init) => {
    asked.push({ url: String(url), ...init });
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    if (typeof next === "function") return await next(url, init);
    const [status, body = {}, headers = {}] = next;
    const isText = typeof body === "string";
    const written = status === 204 ? null : isText ? body : JSON.stringify(body);
    return new Response(written, {
      status,
      headers: { "content-type": isText ? "text/html" : "application/json", ...headers },
    });
  };
  const mayfly = new Mayfly({ url: "http://mayfly.test", apiKey: KEY, fetch, ...options });
  return { mayfly, asked };
}

export const INBOX = {
  id: "i1",
  address: "ann@mayfly.test",
  token: "mfi_secret_token",
  label: null,
  webhook_url: null,
};

export function mail(fields = {}) {
  return {
    id: "m1",
    address: INBOX.address,
    subject: "Your code",
    from_address: "shop@example.com",
    from_name: "Shop",
    to: [],
    cc: [],
    bcc: [],
    recipients: [],
    body_text: "",
    body_html: "",
    tags: [],
    received_at: "2026-11-30T12:00:00Z",
    attachments: [],
    headers: {},
    header_fields: [["Subject", "Your code"]],
    otp_detected: null,
    otp_candidates: [],
    links: [],
    ...fields,
  };
}

export function missed(cursor, subject = "Welcome") {
  const near_misses = [{ id: `m${cursor}`, subject, failed: ["subject", "has_otp"] }];
  return [408, { error: "wait_timeout", message: "no matching mail arrived in time", cursor, near_misses }];
}
