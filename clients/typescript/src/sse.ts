/** Reads server-sent events (HTML standard, section 9.2) from text that arrives in pieces of any size. */

export interface Frame {
  readonly event: string;
  readonly data: string;
  /** The last id so far; empty before the first. */
  readonly id: string;
}

/** Give it the pieces with `feed`; it returns the events that they complete. */
export class FrameReader {
  #text = "";
  #isFirst = true;
  #isAfterCr = false;
  #event = "";
  #data: string[] = [];
  #id = "";
  /** Milliseconds that the server asks for before a reconnection. */
  retry: number | undefined;

  feed(piece: string): Frame[] {
    this.#text += piece;
    if (this.#isFirst && this.#text !== "") {
      this.#text = this.#text.replace(/^\ufeff/, "");
      this.#isFirst = false;
    }
    const frames: Frame[] = [];
    for (let line = this.#line(); line !== undefined; line = this.#line()) {
      const frame = line === "" ? this.#dispatch() : this.#field(line);
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  /** Take the next whole line. A CR ends it at once; an LF that follows, perhaps in the next piece, belongs to it. */
  #line(): string | undefined {
    if (this.#isAfterCr && this.#text.startsWith("\n")) this.#text = this.#text.slice(1);
    this.#isAfterCr &&= this.#text === "";
    const end = this.#text.search(/[\r\n]/);
    if (end < 0) return undefined;
    const line = this.#text.slice(0, end);
    this.#isAfterCr = this.#text[end] === "\r";
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  #field(line: string): undefined {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
  }

  #dispatch(): Frame | undefined {
    const [event, data] = [this.#event || "message", this.#data];
    this.#event = "";
    this.#data = [];
    return data.length > 0 ? { event, data: data.join("\n"), id: this.#id } : undefined;
  }
}
