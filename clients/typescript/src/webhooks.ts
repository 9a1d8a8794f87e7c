/** The account's webhooks: `mayfly.webhooks.create(url)` and so on. */

import type { CallOptions, Connection } from "./connection.js";
import { unlessEnded } from "./errors.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import type { CreateWebhookBody } from "./generated/operations.js";
import type { Operation } from "./operation.js";

/** What a webhook gets. */
export interface WebhookSettings {
  /** Of this inbox alone: an Inbox, its address or its id. Without it, of all inboxes of the account. */
  readonly inbox?: string | { readonly id: string } | undefined;
  /** Such as "message.received"; empty for all that the format has. */
  readonly events?: readonly string[] | undefined;
  readonly format?: CreateWebhookBody["format"];
  readonly description?: string | undefined;
}

/** From when to when deliveries are sent again; until now by default. */
export interface ReplaySpan {
  readonly since: Date | string;
  readonly until?: Date | string | undefined;
  readonly deliveredToo?: boolean | undefined;
}

type DeliveryStatus = operations.ListDeliveriesQuery["status"];

/** A webhook, or its id. */
type Webhooklike = string | { readonly id: string };

export class Webhooks {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Make a webhook. `secret` of what it returns is shown this once; verify with it what comes. */
  async create(url: string, settings: WebhookSettings = {}, options: CallOptions = {}): Promise<models.WebhookData> {
    const { inbox, events, ...rest } = settings;
    const body = {
      url,
      ...rest,
      events: events as CreateWebhookBody["events"],
      inbox: inbox === undefined ? undefined : idOf(inbox),
    };
    return await this.#call(operations.createWebhook(body), options);
  }

  async list(options: CallOptions = {}): Promise<models.WebhookData[]> {
    return await this.#call(operations.listWebhooks(), options);
  }

  async get(webhook: Webhooklike, options: CallOptions = {}): Promise<models.WebhookData> {
    return await this.#call(operations.getWebhook(idOf(webhook)), options);
  }

  /** Change what is given; `enabled: true` switches it on again. */
  async change(
    webhook: Webhooklike,
    changes: operations.ChangeWebhookBody,
    options: CallOptions = {},
  ): Promise<models.WebhookData> {
    return await this.#call(operations.changeWebhook(idOf(webhook), changes), options);
  }

  /** Delete a webhook and stop its deliveries. Does nothing if it is gone already. */
  async delete(webhook: Webhooklike, options: CallOptions = {}): Promise<void> {
    await this.#call(operations.deleteWebhook(idOf(webhook)), options).catch(unlessEnded);
  }

  /** Send a `webhook.test` event at once. */
  async test(webhook: Webhooklike, options: CallOptions = {}): Promise<models.Asked> {
    return await this.#call(operations.testWebhook(idOf(webhook)), options);
  }

  /** Get a new secret; for a day, deliveries are signed with both. */
  async rotateSecret(webhook: Webhooklike, options: CallOptions = {}): Promise<models.WebhookData> {
    return await this.#call(operations.rotateSecret(idOf(webhook)), options);
  }

  /** List deliveries, newest first: 50, or as many as `limit` says; null for all. */
  async deliveries(
    webhook: Webhooklike,
    wish: { readonly status?: DeliveryStatus | undefined; readonly limit?: number | null | undefined } = {},
    options: CallOptions = {},
  ): Promise<models.DeliveryData[]> {
    const { status, limit } = wish;
    const page = (place: object) => operations.listDeliveries(idOf(webhook), { status, ...place });
    return await this.#connection.pages(page, { limit, ...options });
  }

  /** Return a delivery with each attempt, and what was sent. */
  async delivery(delivery: Webhooklike, options: CallOptions = {}): Promise<models.DeliveryDetail> {
    return await this.#call(operations.getDelivery(idOf(delivery)), options);
  }

  /** Send a delivery again. */
  async redeliver(delivery: Webhooklike, options: CallOptions = {}): Promise<models.Asked> {
    return await this.#call(operations.redeliver(idOf(delivery)), options);
  }

  /** Send again what failed in a time, and with `deliveredToo` what did not. */
  async replay(webhook: Webhooklike, span: ReplaySpan, options: CallOptions = {}): Promise<models.Accepted> {
    const { since, until, deliveredToo } = span;
    return await this.#call(operations.replay(idOf(webhook), { since, until, delivered_too: deliveredToo }), options);
  }

  async #call<T>(operation: Operation<T>, options: CallOptions): Promise<T> {
    return (await this.#connection.send(operation, options)).data;
  }
}

function idOf(one: Webhooklike): string {
  return typeof one === "string" ? one : one.id;
}
