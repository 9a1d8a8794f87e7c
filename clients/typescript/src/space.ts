/** A space: one inbox for the mail of many addresses, with SMTP logins of its own. */

import type { CallOptions, Connection } from "./connection.js";
import { unlessEnded } from "./errors.js";
import type * as models from "./generated/models.js";
import * as operations from "./generated/operations.js";
import { Inbox } from "./inbox.js";
import type { InboxFacts } from "./inbox.js";
import { lifetime, milliseconds } from "./text.js";
import type { Duration } from "./text.js";

/** What an application needs to send into a space. */
export interface SmtpLogin {
  /** Undefined where the operator has not said it. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string;
  /** Shown once, to whoever made it. It is left out of what is printed or made JSON. */
  readonly password: string | undefined;
}

/** What a space keeps, and for how long it lasts. */
export interface SpaceSettings {
  readonly name?: string | null | undefined;
  readonly ttl?: Duration | null | undefined;
  /** Custom domains that lead to it. */
  readonly domains?: readonly string[] | undefined;
  readonly maxMessages?: number | undefined;
  readonly maxAge?: Duration | undefined;
  readonly webhookUrl?: string | null | undefined;
}

interface SpaceFacts extends InboxFacts {
  readonly name: string | null;
  readonly domains: readonly string[];
  readonly retention: models.Retention;
  readonly smtp?: models.SmtpAccess;
}

export class Space extends Inbox {
  #space: SpaceFacts;
  #smtp: SmtpLogin | undefined;

  constructor(connection: Connection, facts: SpaceFacts, token?: string) {
    super(connection, facts, token);
    this.#space = facts;
    this.#smtp = facts.smtp && loginOf(facts.smtp);
  }

  get name(): string | null {
    return this.#space.name;
  }
  /** The same as its name. */
  override get label(): string | null {
    return this.name;
  }
  /** How many messages it keeps, the newest. */
  get maxMessages(): number {
    return this.#space.retention.max_messages;
  }
  /** How long it keeps them, in milliseconds. */
  get maxAge(): number {
    return this.#space.retention.max_age_seconds * 1_000;
  }
  /** The domains that it takes mail for now. */
  get domains(): readonly string[] {
    return this.#space.domains;
  }
  /** Where to send, and as whom; undefined for an entry of a list until `refresh`. */
  get smtp(): SmtpLogin | undefined {
    return this.#smtp;
  }

  override async change(changes: SpaceSettings, options: CallOptions = {}): Promise<void> {
    this.#know(await this.call(operations.changeSpace(this.id, bodyOf(changes)), options));
  }

  override async refresh(options: CallOptions = {}): Promise<this> {
    this.#know(await this.call(operations.getSpace(this.id), options));
    return this;
  }

  override async delete(options: CallOptions = {}): Promise<void> {
    await this.call(operations.deleteSpace(this.id), options).catch(unlessEnded);
  }

  /** Make another SMTP password, for one application. */
  async addCredentials(label?: string, options: CallOptions = {}): Promise<SmtpLogin & { readonly id: string }> {
    const made = await this.call(operations.addSmtpCredentials(this.id, { label }), options);
    return Object.assign(loginOf(made.smtp), { id: made.id });
  }

  /** List the SMTP passwords, without themselves. */
  async credentials(options: CallOptions = {}): Promise<models.CredentialsData[]> {
    return await this.call(operations.listSmtpCredentials(this.id), options);
  }

  /** Revoke an SMTP password: it opens nothing any more. */
  async revokeCredentials(id: string, options: CallOptions = {}): Promise<void> {
    await this.call(operations.deleteSmtpCredentials(this.id, id), options).catch(unlessEnded);
  }

  protected override get segment(): string {
    return this.id;
  }

  #know(facts: models.SpaceData): void {
    this.learn(facts);
    this.#space = facts;
    if (this.#smtp?.password === undefined) this.#smtp = loginOf(facts.smtp);
  }
}

/** Return settings as the API takes them. */
export function bodyOf(settings: SpaceSettings): operations.ChangeSpaceBody {
  const { name, ttl, domains, maxMessages, maxAge, webhookUrl } = settings;
  return {
    name,
    domains,
    ttl_seconds: ttl === undefined || ttl === null ? ttl : lifetime(ttl),
    max_messages: maxMessages,
    max_age_seconds: maxAge === undefined ? undefined : Math.round(milliseconds(maxAge, "maxAge") / 1_000),
    webhook_url: webhookUrl,
  };
}

function loginOf(smtp: models.SmtpAccess): SmtpLogin {
  const login = { host: smtp.host, port: smtp.port, user: smtp.user, password: smtp.password };
  return Object.defineProperty(login, "password", { enumerable: false });
}
