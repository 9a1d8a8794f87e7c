/** The calls about one message; the client has them, and so has every inbox, with its token. */

import type { CallOptions, Connection } from "./connection.js";
import { NotFound, unlessEnded } from "./errors.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import { Message } from "./message.js";
import type { Operation } from "./operation.js";

/** A message, an entry of a list, or an id. */
export type Messagelike = string | { readonly id: string };

export abstract class MessageCalls {
  readonly #connection: Connection;
  readonly #token: string | undefined;

  constructor(connection: Connection, token?: string) {
    this.#connection = connection;
    this.#token = token;
  }

  /** Without any secret. */
  abstract toString(): string;

  /** Carry out any operation of `@mayfly-mail/client/operations`, with retries and errors as everywhere. */
  async call<T>(operation: Operation<T>, options: CallOptions = {}): Promise<T> {
    return (await this.#connection.send(operation, { ...options, token: this.#token })).data;
  }

  /** Return a message with its bodies; it stays unread unless `markRead`. */
  async message(
    message: Messagelike,
    options: CallOptions & { readonly markRead?: boolean | undefined } = {},
  ): Promise<Message> {
    const { markRead = false, ...rest } = options;
    return new Message(await this.call(operations.getMessage(idOf(message), { peek: !markRead }), rest));
  }

  /** Return a message as it came, an .eml file. */
  async raw(message: Messagelike, options: CallOptions = {}): Promise<Uint8Array> {
    return await this.call(operations.getRawMessage(idOf(message)), options);
  }

  /** Return the content of an attachment, by its index or its file name. Throws NotFound, naming those that there are. */
  async attachment(message: Messagelike, which: number | string = 0, options: CallOptions = {}): Promise<Uint8Array> {
    const index = typeof which === "number" ? which : await this.#indexOf(message, which, options);
    return await this.call(operations.getAttachment(idOf(message), index), options);
  }

  /** Mark a message as read, or as unread, and return it. */
  async markRead(message: Messagelike, isRead = true, options: CallOptions = {}): Promise<Message> {
    return new Message(await this.call(operations.changeMessage(idOf(message), { is_read: isRead }), options));
  }

  /** Delete a message for good. Does nothing if it is gone already. */
  async deleteMessage(message: Messagelike, options: CallOptions = {}): Promise<void> {
    await this.call(operations.deleteMessage(idOf(message)), options).catch(unlessEnded);
  }

  /** Return what the server says about a message's code; with `explain`, the evidence for each candidate too. */
  async code(
    message: Messagelike,
    options: CallOptions & { readonly explain?: boolean } = {},
  ): Promise<models.CodeData> {
    const { explain, ...rest } = options;
    return await this.call(operations.getOtp(idOf(message), { explain }), rest);
  }

  async #indexOf(message: Messagelike, name: string, options: CallOptions): Promise<number> {
    const attachments = await this.call(operations.listAttachments(idOf(message)), options);
    const found = attachments.find((attachment) => attachment.filename === name);
    if (found !== undefined) return found.index;
    const names = attachments.map((attachment) => JSON.stringify(attachment.filename)).join(", ");
    throw new NotFound(`no attachment ${JSON.stringify(name)}; there are: ${names || "none"}`, { code: "not_found" });
  }
}

function idOf(message: Messagelike): string {
  return typeof message === "string" ? message : message.id;
}
