/** Where settings come from that the caller did not give: environment variables in Node, the page's origin in a browser. */

interface FileSystem {
  readFileSync(name: string, encoding: "utf8"): string;
}
interface Host {
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    getBuiltinModule?(name: string): unknown;
  };
  readonly location?: { readonly origin?: string };
}

const host = globalThis as Host;

/** Return a variable of the environment; undefined where it is absent, empty, or where there is no environment. */
export function variable(name: string): string | undefined {
  return host.process?.env?.[name]?.trim() || undefined;
}

/** Return the address of the server: `MAYFLY_URL`, or the origin of the page, or that of `make run`. */
export function defaultUrl(): string {
  const origin = host.location?.origin;
  return variable("MAYFLY_URL") ?? (origin?.startsWith("http") ? origin : "http://127.0.0.1:8080");
}

/** Return the key in `MAYFLY_API_KEY`, or in the file that `MAYFLY_API_KEY_FILE` names. Throws when that cannot be read. */
export function defaultKey(): string | undefined {
  const name = variable("MAYFLY_API_KEY_FILE");
  const key = variable("MAYFLY_API_KEY");
  if (key !== undefined || name === undefined) return key;
  const files = host.process?.getBuiltinModule?.("node:fs") as FileSystem | undefined;
  if (files === undefined) {
    throw new Error("MAYFLY_API_KEY_FILE needs Node 20.16 or newer; set MAYFLY_API_KEY instead");
  }
  return contentOf(files, name).trim() || undefined;
}

function contentOf(files: FileSystem, name: string): string {
  try {
    return files.readFileSync(name, "utf8");
  } catch (error) {
    throw new Error(`MAYFLY_API_KEY_FILE names a file that cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
