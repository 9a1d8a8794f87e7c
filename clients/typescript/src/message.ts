/** A mail that arrived, with its codes, links and attachments. Plain values: nothing here makes a call. */

import { LinkNotFound } from "./errors.js";
import type * as models from "./generated/models.js";

/** A page that shows HTML: that of Playwright, or anything else with `setContent`. */
export interface Page<R> {
  setContent(html: string): R;
}

/**
 * A one-time code. `code.value` is the text; `${code}` and `"" + code` work as well. It is no `String`, because
 * nearly everything that takes a string (`page.fill`, `===`, `deepEqual`) refuses an object of that kind.
 */
export class Code {
  /** How sure the extraction is, from 0 to 1. */
  readonly confidence: number;
  /** The rule that found it, such as "label". */
  readonly rule: string;
  /** Start and end in the text of `source`. */
  readonly span: readonly [number, number] | undefined;
  /** Where it stood: "subject", "text" or "html". */
  readonly source: string;
  /** As the mail writes it, such as "482-193". */
  readonly display: string;

  constructor(
    readonly value: string,
    found: Partial<models.CandidateData>,
    /** The mail that holds it. */
    readonly message: Message,
  ) {
    this.confidence = found.confidence ?? 0;
    this.rule = found.rule ?? "";
    this.source = found.source ?? "";
    this.display = found.display ?? value;
    this.span = found.span === undefined ? undefined : [found.span[0], found.span[1]];
    // The mail stays out of what is printed.
    Object.defineProperty(this, "message", { enumerable: false });
  }

  /** The cursor of its mail: `after` of the next wait. */
  get cursor(): number | undefined {
    return this.message.cursor;
  }

  toString(): string {
    return this.value;
  }

  toJSON(): string {
    return this.value;
  }
}

/** A link of a mail. `link.url` is the text; `${link}` works as well. It has not been opened. */
export class Link {
  readonly url: string;
  readonly text: string;
  /** What it is for: "verify", "reset", "unsubscribe" and so on. */
  readonly kind: string;
  /** What is suspicious about it. */
  readonly flags: readonly string[];

  constructor(
    found: models.LinkData,
    /** The mail that holds it. */
    readonly message: Message,
  ) {
    this.url = found.url;
    this.text = found.text;
    this.kind = found.kind;
    this.flags = found.flags;
    Object.defineProperty(this, "message", { enumerable: false });
  }

  toString(): string {
    return this.url;
  }

  toJSON(): string {
    return this.url;
  }
}

/** Which links are meant. */
export interface LinkWish {
  /** Part of its text, in any case, or an expression. */
  readonly text?: string | RegExp | undefined;
  readonly kind?: string | undefined;
}

export class Message {
  constructor(
    /** All that the API says of it. */
    readonly data: models.MessageData,
    /** Where it stands among the events; undefined unless it came by a wait. */
    readonly cursor?: number,
  ) {
    Object.defineProperty(this, "data", { enumerable: false });
  }

  get id(): string {
    return this.data.id;
  }
  /** Of the inbox that it is in. */
  get address(): string {
    return this.data.address;
  }
  get subject(): string {
    return this.data.subject;
  }
  /** The address in the From field. */
  get from(): string {
    return this.data.from_address;
  }
  get fromName(): string {
    return this.data.from_name;
  }
  get to(): readonly string[] {
    return this.data.to;
  }
  get cc(): readonly string[] {
    return this.data.cc;
  }
  /** Recipients that no header field names. */
  get bcc(): readonly string[] {
    return this.data.bcc;
  }
  /** For whom it was sent, whatever its headers say. */
  get recipients(): readonly string[] {
    return this.data.recipients;
  }
  get text(): string {
    return this.data.body_text;
  }
  get html(): string {
    return this.data.body_html;
  }
  get tags(): readonly string[] {
    return this.data.tags;
  }
  get receivedAt(): Date {
    return new Date(this.data.received_at);
  }
  get attachments(): readonly models.AttachmentData[] {
    return this.data.attachments;
  }
  /** Header fields by name; of a repeated one the first. */
  get headers(): Readonly<Record<string, string>> {
    return this.data.headers;
  }

  /** Return the value of a header field, in any case; undefined when it is absent. */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.data.header_fields.find(([field]) => field.toLowerCase() === wanted)?.[1];
  }

  /** The code that it is about; null when it has none. */
  get code(): Code | null {
    const value = this.data.otp_detected;
    if (value === null) return null;
    return new Code(value, this.data.otp_candidates.find((found) => found.code === value) ?? {}, this);
  }

  /** All that may be a code, the likeliest first. */
  get codes(): readonly Code[] {
    return this.data.otp_candidates.map((found) => new Code(found.code, found, this));
  }

  /** Return the links, or those that match; one that stands twice in the mail comes twice. */
  links(wish: LinkWish = {}): readonly Link[] {
    return this.#matching(undefined, wish);
  }

  /**
   * Return the one link whose URL contains the pattern. Throws LinkNotFound, listing all links, when there is none or more than one.
   *
   *     mail.link("/reset/"); mail.link(/token=\w+/); mail.link({ text: "Confirm" });
   */
  link(pattern?: string | RegExp | LinkWish, wish: LinkWish = {}): Link {
    const [url, rest] = wishOf(pattern, wish);
    const found = this.#matching(url, rest);
    const [first] = found;
    if (first === undefined) throw new LinkNotFound(`no link ${described(url, rest)}in this mail`, this.links());
    const targets = new Set(found.map((link) => link.url));
    if (targets.size > 1)
      throw new LinkNotFound(`${targets.size} links ${described(url, rest)}in this mail`, this.links());
    return first;
  }

  /** Show it on a page: `await mail.open(page)` with Playwright. Its scripts do not run unless the page allows them. */
  open<R>(page: Page<R>): R {
    return page.setContent(this.html || `<pre>${escaped(this.text)}</pre>`);
  }

  /** Ids and headings, for logs. The bodies are in `data`. */
  toJSON(): object {
    return {
      id: this.id,
      address: this.address,
      from: this.from,
      subject: this.subject,
      receivedAt: this.data.received_at,
    };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Message ${JSON.stringify(this)}`;
  }

  #matching(url: string | RegExp | undefined, wish: LinkWish): Link[] {
    return this.data.links.map((link) => new Link(link, this)).filter((link) => isWanted(link, url, wish));
  }
}

/** Return the pattern of the URL and the rest of a wish, which may stand in the first place. */
export function wishOf(
  pattern: string | RegExp | LinkWish | undefined,
  wish: LinkWish,
): readonly [string | RegExp | undefined, LinkWish] {
  const isPattern = pattern === undefined || typeof pattern === "string" || pattern instanceof RegExp;
  return isPattern ? [pattern, wish] : [undefined, pattern];
}

/** Return a wish in words, with a blank at the end: 'with "/reset/" '. */
export function described(url: string | RegExp | undefined, wish: LinkWish): string {
  const words = [
    ...(url === undefined ? [] : [`with ${patternText(url)}`]),
    ...(wish.text === undefined ? [] : [`with the text ${patternText(wish.text)}`]),
    ...(wish.kind === undefined ? [] : [`of the kind ${wish.kind}`]),
  ];
  return words.map((word) => `${word} `).join("");
}

function patternText(pattern: string | RegExp): string {
  return typeof pattern === "string" ? JSON.stringify(pattern) : String(pattern);
}

/** Whether a link has this in its URL and is what the wish says. */
export function isWanted(link: Link, url: string | RegExp | undefined, wish: LinkWish): boolean {
  const hasUrl = url === undefined || (typeof url === "string" ? link.url.includes(url) : matches(url, link.url));
  const hasKind = wish.kind === undefined || link.kind === wish.kind;
  return hasUrl && hasKind && (wish.text === undefined || hasText(link.text, wish.text));
}

function hasText(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.toLowerCase().includes(wanted.toLowerCase()) : matches(wanted, text);
}

function matches(expression: RegExp, text: string): boolean {
  return new RegExp(expression.source, expression.flags.replace(/[gy]/g, "")).test(text); // those two remember a place
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
