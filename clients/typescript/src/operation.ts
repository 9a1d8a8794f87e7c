/** What a call sends and what it returns, as plain data. The generated functions make these, `Mayfly.call` carries them out. */

/** How the body of an answer is read: parsed as JSON, as it is, not at all, or event by event. */
export type AnswerKind = "json" | "octets" | "nothing" | "events";

/** One call of the API, not yet made. `T` is what it returns. */
export interface Operation<T> {
  /** The `operationId` of docs/openapi.json. */
  readonly name: string;
  readonly method: string;
  /** Path with percent-encoded parameters and the query; begins with "/". */
  readonly target: string;
  readonly answer: AnswerKind;
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  /** True for what creates something: a repetition under the same key creates nothing twice. */
  readonly takesIdempotencyKey?: boolean;
  /** Milliseconds that the server may take before it answers, because the call asks it to wait. */
  readonly holds?: number;
  /** Never present. It carries the type. */
  readonly returns?: T;
}

/** A body that is not JSON, with its media type. */
export interface Content {
  readonly body: string | Uint8Array;
  readonly contentType: string;
}

interface Parts {
  readonly query?: object;
  readonly json?: object;
  readonly content?: Content;
  readonly answer?: AnswerKind;
  readonly takesIdempotencyKey?: boolean;
}

/** Return the operation of these parts; parameters that are undefined or null are left out of the query. */
export function operation<T>(name: string, method: string, path: string, parts: Parts = {}): Operation<T> {
  const { query, json, content, answer = "json", takesIdempotencyKey = false } = parts;
  const sent = json === undefined ? content : { body: JSON.stringify(json), contentType: "application/json" };
  return { name, method, target: path + encoded(query ?? {}), answer, takesIdempotencyKey, ...sent };
}

/** Return a path with its parameters percent-encoded. Throws TypeError for one that would lead to another path. */
export function path(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.reduce((before, text, index) => before + segment(values[index - 1]) + text);
}

function segment(value: string | number | undefined): string {
  const text = String(value ?? "");
  if (text === "" || text === "." || text === "..") {
    throw new TypeError(`${JSON.stringify(text)} is no address and no id`);
  }
  return encodeURIComponent(text);
}

function encoded(query: object): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(written(value))}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

function written(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
