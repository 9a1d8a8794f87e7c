/** Puts a mail together that is given to an inbox by API instead of SMTP. */

import type { Content } from "./operation.js";

/** A file of a mail. */
export interface NewAttachment {
  readonly filename: string;
  readonly content: string | Uint8Array;
  readonly contentType?: string | undefined;
}

/** A mail to be made; or give it whole, as a text or octets of RFC 5322. */
export interface NewMail {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly attachments?: readonly NewAttachment[] | undefined;
}

/** Return the body of the call. It is written once, so that a retry is the same call octet for octet. */
export async function contentOf(mail: NewMail | string | Uint8Array): Promise<Content> {
  if (typeof mail === "string" || mail instanceof Uint8Array) return { body: mail, contentType: "message/rfc822" };
  const form = new FormData();
  form.set("sender", mail.from ?? "sender@example.com");
  form.set("subject", mail.subject ?? "Test message");
  const optional = { to: mail.to, body: mail.text, html: mail.html };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) form.set(name, value);
  for (const { filename, content, contentType } of mail.attachments ?? []) {
    form.append(
      "files",
      new Blob([content as BlobPart], { type: contentType ?? "application/octet-stream" }),
      filename,
    );
  }
  const written = new Response(form);
  const contentType = written.headers.get("content-type") ?? "multipart/form-data";
  return { body: new Uint8Array(await written.arrayBuffer()), contentType };
}
